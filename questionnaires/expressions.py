"""The XPath subset of XLSForm: own lexer and parser to a small tree, with limits and without eval. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

import re2

from questionnaires.errors import ExpressionRefused

MAX_SOURCE = 10_000  # bytes
MAX_DEPTH = 50
MAX_PATTERN = 200  # characters

_REGEX_OPTIONS = re2.Options()
_REGEX_OPTIONS.log_errors = False
_REGEX_OPTIONS.max_mem = 1 << 20


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text."""

    value: float | str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`."""

    name: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Here:
    """`.`, the value being checked."""

    depth: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the allow-list."""

    name: str
    arguments: tuple["Node", ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: "Node"
    depth: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one level, left to right: flat, so that a long row of `or` is not a deep tree."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]
    depth: int


Node = Literal | Reference | Here | Call | Negative | Chain

LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
# fewest and most arguments
ARGUMENTS: dict[str, tuple[int, int]] = {
    "not": (1, 1),
    "if": (3, 3),
    "selected": (2, 2),
    "count-selected": (1, 1),
    "string-length": (1, 1),
    "regex": (2, 2),
    "now": (0, 0),
    "today": (0, 0),
    "concat": (1, 50),
    "coalesce": (2, 50),
    "number": (1, 1),
    "string": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "true": (0, 0),
    "false": (0, 0),
}
TOKEN = re.compile(
    r"""\s*(?:
        (?P<reference>\$\{\s*[A-Za-z_][\w.-]{0,99}\s*\})
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<word>[A-Za-z_][\w-]*)
      | (?P<sign><=|>=|!=|[=<>+*(),.\-])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    position: int


@lru_cache(maxsize=4096)
def parse(source: str) -> Node:
    """The tree of an expression.

    Raises ExpressionRefused (Chinese sentence, position) for anything outside the subset, for sources above
    10 KB, trees deeper than 50, and patterns that are too long or that RE2 does not take.
    """
    if len(source) > MAX_SOURCE or len(source.encode("utf-8", "replace")) > MAX_SOURCE:
        raise ExpressionRefused("表达式过长，最多10KB")
    return _Parser(_tokens(source)).whole()


@lru_cache(maxsize=4096)
def references(source: str) -> tuple[str, ...]:
    """Names that an expression mentions, in the order of their first mention."""
    found: dict[str, None] = {}
    waiting: list[Node] = [parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Reference):
            found[node.name] = None
        waiting.extend(reversed(_children(node)))
    return tuple(found)


@lru_cache(maxsize=4096)
def calls(source: str) -> frozenset[str]:
    """Names of the functions that an expression calls."""
    found: set[str] = set()
    waiting: list[Node] = [parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            found.add(node.name)
        waiting.extend(_children(node))
    return frozenset(found)


@lru_cache(maxsize=256)
def compiled_pattern(pattern: str) -> "re2._Regexp":
    """A pattern for linear-time matching; raises ExpressionRefused when it is too long or not regular."""
    if len(pattern) > MAX_PATTERN:
        raise ExpressionRefused(f"正则表达式过长，最多{MAX_PATTERN}个字符")
    try:
        return re2.compile(pattern, _REGEX_OPTIONS)
    except re2.error as error:
        raise ExpressionRefused("正则表达式写法有误，或用了不支持的写法（如反向引用、环视）") from error


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Call():
            return node.arguments
        case Negative():
            return (node.operand,)
        case Chain():
            return (node.first, *(operand for _, operand in node.rest))
        case _:
            return ()


def _tokens(source: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while True:
        found = TOKEN.match(source, position)
        if found is None or found.lastgroup is None:
            raise _unreadable(source, position)
        text = found.group(found.lastgroup)
        tokens.append(Token(found.lastgroup, text, found.start(found.lastgroup)))
        if found.lastgroup == "end":
            return tokens
        position = found.end()


def _unreadable(source: str, position: int) -> ExpressionRefused:
    # The curly quotes and full-width signs that Word and WPS put in are the commonest fault of all.
    rest = source[position:].lstrip()
    at = len(source) - len(rest)
    if rest[:1] in {"‘", "’", "“", "”", "(", ")", ",", "=", ">", "<"}:
        return ExpressionRefused(f"第{at + 1}个字符“{rest[0]}”是全角符号，请改成半角", at)
    return ExpressionRefused(f"第{at + 1}个字符起看不懂", at)


class _Parser:
    """Recursive descent, one method per kind of term; `nesting` bounds the recursion itself."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.nesting = 0

    def whole(self) -> Node:
        node = self.level(0)
        if self.seen.kind != "end":
            raise self.refused(f"“{self.seen.text}”不该出现在这里")
        return node

    @property
    def seen(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.seen
        self.at += 1
        return token

    def refused(self, sentence: str) -> ExpressionRefused:
        return ExpressionRefused(f"{sentence}(第{self.seen.position + 1}个字符)", self.seen.position)

    def deeper(self, *nodes: Node) -> int:
        depth = 1 + max((node.depth for node in nodes), default=0)
        if depth > MAX_DEPTH:
            raise self.refused(f"嵌套过深，最多{MAX_DEPTH}层")
        return depth

    def expect(self, sign: str) -> None:
        if self.seen.kind != "sign" or self.seen.text != sign:
            raise self.refused(f"这里缺少“{sign}”")
        self.at += 1

    def level(self, number: int) -> Node:
        if number == len(LEVELS):
            return self.signed()
        first = self.level(number + 1)
        rest: list[tuple[str, Node]] = []
        while self.seen.kind in ("sign", "word") and self.seen.text in LEVELS[number]:
            operator = self.take().text
            rest.append((operator, self.level(number + 1)))
        if not rest:
            return first
        return Chain(first, tuple(rest), self.deeper(first, *(operand for _, operand in rest)))

    def signed(self) -> Node:
        odd = False
        while self.seen.kind == "sign" and self.seen.text == "-":
            self.at += 1
            odd = not odd
        operand = self.term()
        return Negative(operand, self.deeper(operand)) if odd else operand

    def term(self) -> Node:
        token = self.take()
        match token.kind:
            case "number":
                return Literal(float(token.text))
            case "text":
                return Literal(token.text[1:-1])
            case "reference":
                return Reference(token.text[2:-1].strip())
            case "word":
                return self.call(token)
            case "sign" if token.text == ".":
                return Here()
            case "sign" if token.text == "(":
                return self.nested()
        self.at -= 1
        raise self.refused("这里缺少内容" if token.kind == "end" else f"“{token.text}”不该出现在这里")

    def nested(self) -> Node:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise self.refused(f"嵌套过深，最多{MAX_DEPTH}层")
        node = self.level(0)
        self.expect(")")
        self.nesting -= 1
        return node

    def call(self, token: Token) -> Node:
        if self.seen.text != "(":
            raise ExpressionRefused(f"看不懂“{token.text}”；引用题目请写成 ${{{token.text}}}", token.position)
        if token.text not in ARGUMENTS:
            raise ExpressionRefused(f"不支持函数 {token.text}()", token.position)
        self.expect("(")
        arguments = self.arguments()
        fewest, most = ARGUMENTS[token.text]
        if not fewest <= len(arguments) <= most:
            raise ExpressionRefused(f"函数 {token.text}() 的参数个数不对", token.position)
        if token.text == "regex":
            _check_pattern(arguments[1])
        return Call(token.text, arguments, self.deeper(*arguments))

    def arguments(self) -> tuple[Node, ...]:
        if self.seen.text == ")":
            self.at += 1
            return ()
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise self.refused(f"嵌套过深，最多{MAX_DEPTH}层")
        found = [self.level(0)]
        while self.seen.text == "," and self.seen.kind == "sign":
            self.at += 1
            found.append(self.level(0))
        self.expect(")")
        self.nesting -= 1
        return tuple(found)


def _check_pattern(node: Node) -> None:
    # A pattern from an answer would let the respondent write the author's rules.
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        raise ExpressionRefused("regex() 的第二个参数须为写定的文字")
    compiled_pattern(node.value)
