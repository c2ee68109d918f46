# SPDX-License-Identifier: Apache-2.0
"""The report's style sheet: four kinds of thing, four colours; light, dark and print."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ground:#F2F4F2;--panel:#FFFFFF;--text:#14201E;--text2:#43504C;--seen:#00655B;
--happened:#9C4000;--edges:#7F8B86;--fog:#DCE1DE;--hatch:#93A09A;--rule:#C9D0CC;
--c0:#DCE1DE;--c1:#CBE0DA;--c2:#A3D0C6;--c3:#69B8AA;--c4:#2B9284;--c5:#00655B}
@media (prefers-color-scheme:dark){:root{--ground:#0C1213;--panel:#141C1D;--text:#E8EEEC;--text2:#B3BFBB;--seen:#62D2C0;
--happened:#F6A765;--edges:#74827F;--fog:#202A2B;--hatch:#55635F;--rule:#2B3738;
--c0:#1F292A;--c1:#1B3733;--c2:#1D4F49;--c3:#237468;--c4:#38A796;--c5:#8BEBDB}}
*{box-sizing:border-box}
body{margin:0;background:var(--panel);color:var(--text);font:16px/24px "Source Sans 3",system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main,footer{max-width:760px;margin:0 auto;padding:0 20px}
h1,h2,h3,.lead{font-family:"Source Serif 4",Charter,Georgia,serif;font-weight:600;text-wrap:balance}
h1{font-size:34px;line-height:42px;margin:8px 0 16px}
h2{font-size:26px;line-height:34px;margin:48px 0 12px;padding-top:16px;border-top:2px solid var(--text)}
h3{font-size:20px;line-height:28px;margin:32px 0 8px}
.lead{font-size:20px;line-height:30px;font-weight:400;color:var(--text2);margin:0 0 16px}
.kicker{color:var(--text2);margin:32px 0 0}
p{margin:0 0 12px;max-width:700px}
p,dd,li,figcaption{overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:8px 24px;margin:0;padding:12px 0;border-top:1px solid var(--rule);
border-bottom:1px solid var(--rule)}
.facts div{font-size:14px;line-height:20px}
.facts dt{color:var(--text2)}
.facts dd{margin:0;font-weight:600}
.why dt{font-weight:600;margin-top:8px}
.why dd{margin:0;color:var(--text2)}
figure{margin:24px 0}
svg{display:block;width:100%;height:auto}
.scroll{overflow-x:auto;margin:16px 0}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:20px}
caption{text-align:left;color:var(--text2);padding-bottom:4px}
th,td{text-align:left;vertical-align:top;padding:8px 16px 8px 0;border-bottom:1px solid var(--rule)}
thead th{color:var(--text2);font-weight:600}
tbody th{font-weight:600}
ul{padding-left:20px;color:var(--text2)}
summary{cursor:pointer;padding:8px 0;font-weight:600}
a{color:inherit}
:focus-visible{outline:2px solid var(--text);outline-offset:2px}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;background:var(--panel);padding:8px}
.mono,code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:13px;overflow-wrap:anywhere}
footer{margin-top:48px;padding-top:16px;padding-bottom:48px;font-size:13px;line-height:18px;color:var(--text2)}
@media (max-width:560px){h1{font-size:26px;line-height:34px}.lead{font-size:18px;line-height:26px}}
@media print{:root{--ground:#F2F4F2;--panel:#FFFFFF;--text:#000;--text2:#333;--seen:#00655B;--happened:#9C4000;
--edges:#7F8B86;--fog:#DCE1DE;--hatch:#93A09A;--rule:#C9D0CC;
--c0:#DCE1DE;--c1:#CBE0DA;--c2:#A3D0C6;--c3:#69B8AA;--c4:#2B9284;--c5:#00655B}
body{font-size:10.5pt;line-height:15pt}h1{font-size:22pt;line-height:27pt}h2{break-after:avoid}
figure,tr{break-inside:avoid}.skip{display:none}svg *{print-color-adjust:exact}.scroll{overflow:visible}}
"""
"""CSS of ``report.html``. Coverage classes are an absolute scale; no party has a colour."""
