"""Licences and the phrases that tell one from another.

A phrase is in the form `phrase_of` gives to any text: words in lower case, one blank between
them, so that line breaks, quotes and hyphens never matter. `marks` tell a licence's own text;
`names` are what people write instead of it in metadata.
Sources: https://spdx.org/licenses/ (ids), the texts themselves as published by their stewards,
https://huggingface.co/docs/hub/repositories-licenses (ids of model licences).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Terms(StrEnum):
    """What a reader has to know before using the work."""

    OPEN = "open"
    RESTRICTED = "restricted"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """One licence.

    Attributes:
        id: of SPDX; for a licence without one, the name people use.
        marks: any of them tells that the text is there or begins.
        needs: all of them must be there too.
        lacks: none of them may be there.
        ends: a phrase near the end, without which the text is not whole.
        names: what metadata calls it, besides its id.
    """

    id: str
    marks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    ends: str = ""
    names: tuple[str, ...] = ()
    terms: Terms = Terms.OPEN


def phrase_of(text: str) -> str:
    """Return the words of a text in lower case with one blank between; `2.0` is one word."""
    return " ".join(_WORD.findall(text.lower()))


_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*")

_MIT = "permission is hereby granted free of charge to any person obtaining a copy"
_BSD = "redistribution and use in source and binary forms with or without modification are"
_BSD_END = "possibility of such damage"
_ENDORSE = "endorse or promote products"
_ADVERTISING = "all advertising materials mentioning features"
_PATENTS = "express or implied licenses to any party s patent rights"
_ISC = (
    "permission to use copy modify and or distribute this software for any purpose with or without"
)
_ISC_END = "in connection with the use or performance of this software"
_GPL_END = "loss of data or data being rendered inaccurate"

_PERMISSIVE = (
    License(
        id="NCSA",
        marks=("university of illinois ncsa open source license",),
        ends="other dealings with the software",
    ),
    License(
        id="MIT-0",
        marks=(_MIT,),
        lacks=("this permission notice",),
        needs=("without warranty of any kind",),
        ends="connection with the software or the use",
        names=("mit no attribution",),
    ),
    License(
        id="MIT",
        marks=(_MIT,),
        lacks=("university of illinois ncsa", "redistributions of source code must retain"),
        ends="connection with the software or the use",
        names=("mit license", "expat"),
    ),
    License(
        id="BSD-2-Clause-Patent",
        marks=(_BSD,),
        needs=("each copyright holder and contributor hereby grants",),
        ends=_BSD_END,
    ),
    License(
        id="BSD-2-Clause",
        marks=(_BSD,),
        lacks=(_ENDORSE, _ADVERTISING, _PATENTS, "contributor hereby grants"),
        ends=_BSD_END,
        names=(
            "simplified bsd",
            "bsd 2 clause license",
            "bsd 2 clause simplified license",
            "2 clause bsd",
            "freebsd",
        ),
    ),
    License(
        id="BSD-3-Clause",
        marks=(_BSD,),
        needs=(_ENDORSE,),
        lacks=(_ADVERTISING, _PATENTS),
        ends=_BSD_END,
        names=(
            "new bsd",
            "bsd 3 clause license",
            "bsd 3 clause new or revised license",
            "3 clause bsd",
            "modified bsd",
        ),
    ),
    License(id="BSD-3-Clause-Clear", marks=(_BSD,), needs=(_PATENTS,), ends=_BSD_END),
    License(id="BSD-4-Clause", marks=(_BSD,), needs=(_ADVERTISING,), ends=_BSD_END),
    License(
        id="Apache-2.0",
        marks=("apache license version 2.0 january", "apache license version 2.0 apache license"),
        ends="such warranty or additional liability",
        names=("apache", "apache2", "apache license version 2.0", "apache software license"),
    ),
    License(
        id="ISC",
        marks=(_ISC, _ISC.replace("and or", "and")),
        needs=("the above copyright notice and this permission notice appear",),
        ends=_ISC_END,
        names=("isc license", "iscl"),
    ),
    License(
        id="0BSD",
        marks=(_ISC, _ISC.replace("and or", "and")),
        lacks=("the above copyright notice and this permission notice appear",),
        ends=_ISC_END,
    ),
    License(
        id="BSL-1.0",
        marks=("boost software license version 1.0",),
        ends="the use or other dealings in the software",
        names=("boost software license",),
    ),
    License(
        id="Zlib",
        marks=(
            "provided as is without any express or implied warranty in no event will the authors",
        ),
        ends="may not be removed or altered from any source",
    ),
    License(
        id="Unlicense",
        marks=("this is free and unencumbered software released into the public domain",),
        ends="other dealings in the software",
        names=("the unlicense",),
    ),
    License(id="WTFPL", marks=("do what the fuck you want to public license",)),
    License(
        id="PostgreSQL",
        marks=("permission to use copy modify and distribute this software and its documentation",),
        needs=("without a written agreement",),
    ),
    License(id="UPL-1.0", marks=("the universal permissive license upl version 1.0",)),
    License(id="BlueOak-1.0.0", marks=("blue oak model license version 1.0.0",)),
    License(id="AFL-3.0", marks=("academic free license v 3.0", "academic free license afl v 3.0")),
    License(id="ECL-2.0", marks=("educational community license version 2.0",)),
    License(id="Artistic-2.0", marks=("the artistic license 2.0",)),
    License(id="MS-PL", marks=("microsoft public license ms pl",)),
    License(
        id="MulanPSL-2.0", marks=("mulan permissive software license version 2", "mulan psl v2")
    ),
    License(id="Python-2.0", marks=("python software foundation license version 2",)),
    License(id="OFL-1.1", marks=("sil open font license version 1.1",)),
    License(id="Vim", marks=("there are no restrictions on distributing unmodified copies",)),
)

_COPYLEFT = (
    License(
        id="AGPL-3.0",
        marks=("gnu affero general public license version 3 19 november 2007",),
        ends=_GPL_END,
        names=("gnu affero general public license v3",),
    ),
    License(
        id="LGPL-3.0",
        marks=("gnu lesser general public license version 3 29 june 2007",),
        ends="choose that version for the library",
        names=("gnu lesser general public license v3",),
    ),
    License(
        id="LGPL-2.1",
        marks=("gnu lesser general public license version 2.1 february 1999",),
        ends=_GPL_END,
        names=("gnu lesser general public license v2.1",),
    ),
    License(id="LGPL-2.0", marks=("gnu library general public license version 2 june 1991",)),
    License(
        id="GPL-3.0",
        marks=("gnu general public license version 3 29 june 2007",),
        ends=_GPL_END,
        names=("gnu general public license v3",),
    ),
    License(
        id="GPL-2.0",
        marks=("gnu general public license version 2 june 1991",),
        ends=_GPL_END,
        names=("gnu general public license v2",),
    ),
    License(
        id="MPL-2.0",
        marks=("mozilla public license version 2.0",),
        ends="secondary licenses",
        names=("mozilla public license 2.0", "mozilla public license 2.0 mpl"),
    ),
    License(
        id="EPL-2.0",
        marks=("eclipse public license v 2.0",),
        ends="secondary licenses",
        names=("eclipse public license 2.0",),
    ),
    License(id="EPL-1.0", marks=("eclipse public license v 1.0",), lacks=("public license v 2.0",)),
    License(id="EUPL-1.2", marks=("european union public licence v 1.2",)),
    License(id="EUPL-1.1", marks=("european union public licence v 1.1",)),
    License(id="OSL-3.0", marks=("open software license osl v 3.0", "open software license v 3.0")),
    License(id="CECILL-2.1", marks=("licence de logiciel libre cecill version 2.1",)),
    License(id="MS-RL", marks=("microsoft reciprocal license ms rl",)),
    License(id="GFDL-1.3", marks=("gnu free documentation license version 1.3",)),
)

_DATA = (
    License(
        id="CC0-1.0",
        marks=("cc0 1.0 universal", "creativecommons org publicdomain zero 1.0"),
        names=("cc0", "creative commons zero v1.0 universal"),
    ),
    License(id="ODbL-1.0", marks=("odc open database license odbl", "open database license v1.0")),
    License(id="ODC-By-1.0", marks=("odc attribution license odc by", "odc by v1.0")),
    License(id="PDDL-1.0", marks=("odc public domain dedication and licence",)),
    License(
        id="CDLA-Permissive-2.0",
        marks=("community data license agreement permissive version 2.0",),
    ),
    License(
        id="CDLA-Permissive-1.0",
        marks=("community data license agreement permissive version 1.0",),
    ),
    License(id="CDLA-Sharing-1.0", marks=("community data license agreement sharing version 1.0",)),
    License(id="OpenMDW-1.0", marks=("openmdw license agreement",), names=("openmdw",)),
)


def _restricted(id_: str, *marks: str) -> License:
    return License(id=id_, marks=marks, terms=Terms.RESTRICTED)


def _custom(id_: str, *marks: str, names: tuple[str, ...] = ()) -> License:
    return License(id=id_, marks=marks, names=names, terms=Terms.CUSTOM)


_RESTRICTED = (
    _restricted("BUSL-1.1", "business source license 1.1"),
    _restricted("SSPL-1.0", "server side public license version 1"),
    _restricted("Elastic-2.0", "elastic license 2.0"),
    _restricted("PolyForm-Noncommercial-1.0.0", "polyform noncommercial license 1.0.0"),
    _restricted("PolyForm-Small-Business-1.0.0", "polyform small business license 1.0.0"),
)

_CUSTOM = (
    _custom(
        "CreativeML OpenRAIL-M",
        "creativeml open rail m",
        "creativeml openrail m",
        names=("creativeml openrail m",),
    ),
    _custom("BigScience RAIL", "bigscience rail", "bigscience bloom rail", "bigscience open rail"),
    _custom("BigCode OpenRAIL-M", "bigcode open rail", "bigcode openrail"),
    _custom(
        "OpenRAIL",
        "open rail m",
        "open rail license",
        "openrail",
        "open responsible ai license",
        "responsible ai license",
        names=("openrail",),
    ),
    _custom(
        "Llama community",
        *(f"llama {number} community license" for number in ("2", "3", "3.1", "3.2", "3.3", "4")),
        "github com meta llama llama models",
        names=("llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4"),
    ),
    _custom("Gemma", "gemma terms of use", "gemma prohibited use policy", names=("gemma",)),
    _custom("Falcon LLM", "falcon llm license", "falcon 180b tii license", "tii falcon llm"),
    _custom("DeepSeek", "deepseek license agreement", names=("deepseek",)),
    _custom("Qwen", "qianwen license agreement", "qwen license agreement"),
    _custom("Qwen research", "qianwen research license", "qwen research license"),
    _custom("Stability AI", "stability ai community license", "stability ai non commercial"),
    _custom("Stability AI", "sdxl 0.9 research license", "diffusion non commercial community"),
    _custom("FLUX non-commercial", "flux.1 dev non commercial", "flux 1 dev non commercial"),
    _custom("NVIDIA source code", "nvidia source code license"),
    _custom("NVIDIA open model", "nvidia open model license"),
    _custom("GLM", "glm 4 license", "the chatglm", "glm 130b license", "the codegeex"),
    _custom("InternLM", "internlm license"),
    _custom("Yi", "yi series models community license"),
    _custom("Baichuan", "baichuan 2 community license", "community license for baichuan"),
    _custom("Mistral", "mistral ai research license", "mistral ai non production license"),
    _custom("OPT", "opt 175b license agreement", "opt license agreement"),
    _custom("AI2 ImpACT", "ai2 impact license"),
    _custom("Apple", "apple machine learning research model", "apple sample code license"),
    _custom("S-Lab", "s lab license"),
    _custom("Jamba", "jamba open model license"),
    _custom("DBRX", "databricks open model license"),
    _custom("Hunyuan", "tencent hunyuan"),
    _custom("Commons Clause", "commons clause"),
)

LICENSES = (*_PERMISSIVE, *_COPYLEFT, *_DATA, *_RESTRICTED, *_CUSTOM)
"""Every licence known by its phrases; `licenses` tells Creative Commons by its grammar."""
