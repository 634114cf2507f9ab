"""Every command, and the one place where an error becomes a sentence and an exit code."""

import sys

import click

from callbacks.errors import CallbacksError
from survey_service.cli import (
    accounts,
    audit,
    coverage,
    demo,
    imports,
    operating,
    questionnaires,
    reports,
    simulating,
    verification,
    waves,
)
from survey_service.errors import ServiceError
from survey_service.settings import SettingsRefused
from survey_service.web.domain_errors import DOMAIN_ANSWERS
from survey_service.web.error_pages import answer_for

EXPECTED: tuple[type[Exception], ...] = (SettingsRefused, ServiceError, CallbacksError, OSError, *DOMAIN_ANSWERS)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="survey-service", message="%(version)s")
def commands() -> None:
    """社情民意回访与满意度测评：导入名单、安排回访、手机问卷、满意率和知晓率报告。

    设置来自环境变量 SURVEY_* 或 SURVEY_CONFIG 指定的 TOML 文件，见 docs/operating.md。
    """


for group in (
    operating,
    accounts,
    imports,
    questionnaires,
    waves,
    reports,
    audit,
    simulating,
    coverage,
    demo,
    verification,
):
    group.register(commands)


def main() -> None:
    """Run a command; an expected error is one sentence on standard error and exit code 1, never a traceback."""
    try:
        commands(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except EXPECTED as problem:
        _fail(problem)


def _fail(problem: Exception) -> None:
    sentence = getattr(problem, "sentence", "") or str(problem) or answer_for(problem).sentence
    click.echo(sentence, err=True)
    sys.exit(1)
