"""The grammar of ODSQL, for Lark's LALR parser with its contextual lexer. One start rule a clause.

What is to come has its place: a new function is a call like any other and needs no rule; a new kind of argument
(`10km`, `days=-7`, `1 day`, `pop*`, open bounds) is one more line of `argument`; a new literal (`geom'...'`) one more
of `literal`. A word is a keyword only where the grammar can't do without it; the vendor's list of reserved words is
longer, so `year` or `count` may be the name of a field here without back-quotes, as long as no `(` follows.
"""

import re

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "like", "null", "true", "false", "as", "asc", "desc"})
"""Words that name a field only between back-quotes."""

BARE_NAME = re.compile(r"[0-9]*[A-Za-z_][A-Za-z0-9_]*")
"""A name that needs no back-quotes, unless it is a keyword."""

GRAMMAR = r"""
?where: condition
select: select_item ("," select_item)*
group_by: group_item ("," group_item)*
order_by: order_item ("," order_item)*

select_item: (star | sum) (_AS label)?
group_item: (field | call) (_AS label)?
order_item: (field | call) DIRECTION?
label: NAME | QUOTED_NAME

?condition: conjunction
          | conjunction (_OR conjunction)+ -> disjunction
?conjunction: negation
            | negation (_AND negation)+ -> conjunction
?negation: test
         | _NOT test -> negation
?test: "(" condition ")"
     | text -> full_text
     | field
     | call
     | operand OPERATOR operand -> comparison
     | field _IN list -> one_of
     | field _NOT _IN list -> not_one_of
     | field _IN range -> in_range
     | field _NOT _IN range -> not_in_range
     | literal _IN field -> holds
     | field _LIKE text -> like
     | field _NOT _LIKE text -> not_like
     | field _IS CONSTANT -> is_constant
     | field _IS _NOT CONSTANT -> is_not_constant
?operand: field | call | literal
list: "(" plain_literal ("," plain_literal)* ")"
range: BRACKET literal (".." | _TO) literal BRACKET

?sum: product
    | sum SIGN product -> arithmetic
?product: factor
        | product (STAR | SLASH) factor -> arithmetic
?factor: "(" sum ")" | field | call | literal

call: NAME LPAR (argument ("," argument)*)? ")"
?argument: star | sum
star: STAR
field: NAME | QUOTED_NAME

?literal: plain_literal | date
?plain_literal: text | number | boolean
text: STRING
number: SIGN? NUMBER
boolean: BOOLEAN
date: DATE

_AND: /and\b/i
_OR: /or\b/i
_NOT: /not\b/i
_IN: /in\b/i
_IS: /is\b/i
_LIKE: /like\b/i
_AS: /as\b/i
_TO.2: /to\b/i
DIRECTION: /(asc|desc)\b/i
CONSTANT.2: /(null|true|false)\b/i
BOOLEAN: /(true|false)\b/i
OPERATOR: /!=|>=|<=|=|>|<|:/
BRACKET: /[\[\]]/
SIGN: /[+-]/
STAR: "*"
SLASH: "/"
LPAR: "("
DATE.3: /date\s*('[^']*'|"[^"]*")/i
STRING: /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/s
NUMBER: /[0-9]+(\.[0-9]+)?(?![A-Za-z0-9_])/
NAME: /(?!(KEYWORDS)\b)[0-9]*[A-Za-z_][A-Za-z0-9_]*/i
QUOTED_NAME: /`([^`\\]|\\.)+`/s

%import common.WS
%ignore WS
""".replace("KEYWORDS", "|".join(sorted(KEYWORDS)))
