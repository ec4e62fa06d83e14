"""The grammar of ODSQL, for Lark's LALR parser with its contextual lexer. One start rule a clause.

A new function is a call like any other and needs no rule. Arithmetic is written once, as a template over what may
stand between brackets: a value in a select list, a whole condition in a filter, where only the closing bracket tells
`(a + b) > c` from `(a > b) or c`. A word is a keyword only where the grammar can't do without it; the vendor's list of
reserved words is longer, so `year` or `count` may be the name of a field here without back-quotes, as long as no `(`
follows.
"""

import re

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "like", "null", "true", "false", "as", "asc", "desc"})
"""Words that name a field only between back-quotes."""

_AFTER_NUMBERS = "and|or|as|asc|desc|in|to"
"""Keywords that may follow a number without a space: `ntop>10and ntop<20`."""

BARE_NAME = re.compile(rf"(?![0-9]+({_AFTER_NUMBERS})\Z)[0-9]*[^\W\d]\w*", re.IGNORECASE)
"""A name that needs no back-quotes, unless it is a keyword or a quantity such as `10km`."""

TIME_UNITS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "millisecond"),
    **dict.fromkeys(("s", "second", "seconds"), "second"),
    **dict.fromkeys(("m", "minute", "minutes"), "minute"),
    **dict.fromkeys(("h", "hour", "hours"), "hour"),
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("w", "week", "weeks"), "week"),
    **dict.fromkeys(("M", "month", "months"), "month"),
    **dict.fromkeys(("q", "quarter", "quarters"), "quarter"),
    **dict.fromkeys(("y", "year", "years"), "year"),
}
"""Units of an interval, as `range()` takes them."""

METRES = {"mi": 1609.344, "yd": 0.9144, "ft": 0.3048, "m": 1.0, "cm": 0.01, "km": 1000.0, "mm": 0.001}
"""Units of a length, in metres."""

_UNITS = "|".join(sorted({*TIME_UNITS, *METRES}, key=lambda unit: (-len(unit), unit)))

GRAMMAR = (
    r"""
where: condition
select: select_item ("," select_item)*
group_by: group_item ("," group_item)*
order_by: order_item ("," order_item)*
?facet: field | call

select_item: (star | sum) (_AS label)?
group_item: sum (_AS label)?
order_item: sum DIRECTION?
label: NAME | QUOTED_NAME

?condition: conjunction
          | conjunction (_OR conjunction)+ -> disjunction
?conjunction: negation
            | negation (_AND negation)+ -> conjunction
?negation: test
         | _NOT test -> negation
?test: operand
     | operand OPERATOR operand -> comparison
     | field _IN list -> one_of
     | field _NOT _IN list -> not_one_of
     | field _IN range -> in_range
     | field _NOT _IN range -> not_in_range
     | held _IN field -> holds
     | field _LIKE text -> like
     | field _NOT _LIKE text -> not_like
     | field _IS CONSTANT -> is_constant
     | field _IS _NOT CONSTANT -> is_not_constant
list: "(" signed_literal ("," signed_literal)* ")"
range: BRACKET bound (".." | _TO) bound BRACKET
?bound: signed_literal | date
?held: text | signed_number | boolean | date

?sum: total{sum}
?operand: total{condition}
?total{inner}: product{inner}
             | total{inner} SIGN product{inner} -> arithmetic
?product{inner}: signed{inner}
               | product{inner} (STAR | SLASH) signed{inner} -> arithmetic
?signed{inner}: factor{inner}
              | SIGN signed{inner} -> negative
?factor{inner}: "(" inner ")" | field | call | literal

call: NAME LPAR (argument ("," argument)*)? ")"
?argument: star
         | sum
         | _DISTINCT sum -> distinct
         | PATTERN -> pattern
         | QUANTITY -> quantity
         | NAME EQUAL (signed_literal | field) -> named
         | BRACKET limit ("," limit)* BRACKET -> bounds
?limit: bound | star
star: STAR
field: NAME | QUOTED_NAME

?literal: plain_literal | date | geometry
?plain_literal: text | number | boolean
?signed_literal: text | signed_number | boolean
text: STRING
number: NUMBER
signed_number: SIGN? NUMBER
boolean: BOOLEAN
date: DATE
geometry: GEOMETRY

_AND: /and\b/i
_OR: /or\b/i
_NOT: /not\b/i
_IN: /in\b/i
_IS: /is\b/i
_LIKE: /like\b/i
_AS: /as\b/i
_TO.2: /to\b/i
_DISTINCT.2: /distinct\b(?!\s*[,)=+*\/-])/i
DIRECTION: /(asc|desc)\b/i
CONSTANT.2: /(null|true|false)\b/i
BOOLEAN: /(true|false)\b/i
OPERATOR: /!=|>=|<=|=|>|<|:/
EQUAL: "="
BRACKET: /[\[\]]/
SIGN: /[+-]/
STAR: "*"
SLASH: "/"
LPAR: "("
PATTERN.3: /[A-Za-z0-9_]+\*(?=\s*[,)])|\*[A-Za-z0-9_]+\*?(?=\s*[,)])/
QUANTITY.3: /[0-9]+(\.[0-9]+)?\s*(UNITS)(?!\w)/
DATE.3: /date\s*('[^']*'|"[^"]*")/i
GEOMETRY.3: /geom\s*('[^']*'|"([^"\\]|\\.)*")/i
STRING: /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/s
NUMBER: /[0-9]+(\.[0-9]+)?(?=(AFTER)\b|\W|$)/i
NAME: /(?!(KEYWORDS)\b|[0-9]+(AFTER)\b)[0-9]*[^\W\d]\w*/i
QUOTED_NAME: /`([^`\\]|\\.)+`/s

%import common.WS
%ignore WS
""".replace("KEYWORDS", "|".join(sorted(KEYWORDS)))
    .replace("AFTER", _AFTER_NUMBERS)
    .replace("UNITS", _UNITS)
)
