"""The input of a report, folded once: counts by project and by zone, and what each list of people stands on. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis import tallies
from analysis.hkg import Stratum
from analysis.metrics import MetricDefinition, Ratio, ratio
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Audience
from analysis.reporting.report_figures import Basis, Targets, WeightedRate, targets_of, weighted_rate
from analysis.reporting.report_input import FrameKind, ProjectFrame, ReportInput
from analysis.tallies import Cell, Counts

ByProject = Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the sections share; `projects` are those with people to ask, `unlisted` those without a list."""

    given: ReportInput
    audience: Audience
    targets: Targets
    projects: tuple[ProjectFrame, ...]
    unlisted: tuple[ProjectFrame, ...]
    by_project: ByProject
    by_zone: Mapping[str, ByProject]

    @property
    def least(self) -> int:
        """The smallest base of a figure over several projects."""
        return disclosure.minimum(False, self.audience)

    def counts(self, project: ProjectFrame) -> Counts:
        """The official answers of a project."""
        return self.by_project.get(project.code, {})

    def basis(self, project: ProjectFrame) -> Basis:
        """What the rates of a project stand on."""
        return Basis(
            scope=f"project:{project.code}",
            population=project.population if project.frame_kind is FrameKind.LIST else None,
            respondents=tallies.respondents(self.counts(project)),
            drawn_all=project.census,
            tried_all=project.tried_all,
            least=disclosure.minimum(project.sensitive, self.audience),
            kind=project.frame_kind,
            targets=self.targets,
            staff=self.audience is Audience.STAFF,
        )

    def published(self, definition: MetricDefinition) -> tuple[ProjectFrame, ...]:
        """The projects whose figure of this metric is printed.

        Only these enter any sum over projects: were a hidden project in a total, total minus parts would show it.
        """
        return tuple(
            project
            for project in self.projects
            if project.frame_kind is not FrameKind.OPEN
            and self.pair(project, definition).n >= disclosure.minimum(project.sensitive, self.audience)
        )

    def weighable(self, definition: MetricDefinition) -> tuple[ProjectFrame, ...]:
        """The published projects whose list has a known size."""
        return tuple(
            project
            for project in self.published(definition)
            if project.frame_kind is FrameKind.LIST and project.population
        )

    def pair(self, project: ProjectFrame, definition: MetricDefinition) -> Ratio:
        """The integer pair of a metric of answers in one project."""
        return ratio(definition, self.counts(project).get(definition.item, {}))

    def weighted(self, definition: MetricDefinition, by_project: ByProject | None = None) -> WeightedRate | None:
        """The rate over all weighable projects, from the official answers or another selection of answers."""
        answers = self.by_project if by_project is None else by_project
        return weighted_rate(strata(self.weighable(definition), definition, answers, answers))


def strata(
    projects: Iterable[ProjectFrame], definition: MetricDefinition, domain: ByProject, whole: ByProject
) -> tuple[Stratum, ...]:
    """One stratum per project with an answer in `domain`; `whole` holds everybody interviewed, the base of the weights."""
    found = []
    for project in projects:
        pair = ratio(definition, domain.get(project.code, {}).get(definition.item, {}))
        if pair.n and project.population:
            interviews = max(tallies.respondents(whole.get(project.code, {})), pair.n)
            found.append(Stratum(max(project.population, interviews), pair.n, pair.x, interviews))
    return tuple(found)


def by_project(cells: Iterable[Cell]) -> dict[str, Counts]:
    """Counts of each project."""
    return tallies.fold(cells, lambda cell: cell.project)


def _by_zone(cells: Iterable[Cell]) -> dict[str, dict[str, Counts]]:
    zones: dict[str, dict[str, Counts]] = {}
    for (zone, project), counts in tallies.fold(cells, lambda cell: (cell.zone, cell.project)).items():
        zones.setdefault(zone, {})[project] = counts
    return zones


def prepare(given: ReportInput, audience: Audience) -> Material:
    """Fold the official answers and sort the projects into those with and without people to ask."""
    cells = tallies.official(given.cells)
    unlisted = tuple(project for project in given.projects if project.frame_kind is FrameKind.NONE)
    listed = tuple(project for project in given.projects if project.frame_kind is not FrameKind.NONE)
    return Material(given, audience, targets_of(given.wave), listed, unlisted, by_project(cells), _by_zone(cells))
