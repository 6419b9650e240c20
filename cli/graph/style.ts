/** Colours, light and dark as the viewer likes it. Each pair of text and ground has a contrast of 4.5 at least (WCAG 2.2, 1.4.3). */
export const themeStyle = `
:root{color-scheme:light dark;--ground:#f6f7f9;--panel:#fff;--text:#1a2230;--faint:#5a6577;--rule:#d5dae2;--host:#fff;--inside:#f3f5f8;--box:#fff;
--bridge:#2563c9;--vxlan:#7a3fc0;--port:#0d7f86;--interface:#2c7a3f;--resolver:#a06209;--overlay:#7a3fc0;--vtep:#5a6577;
--wrong:#c4142c;--wrong-ground:#fdecee;--focus:#2563c9}
@media(prefers-color-scheme:dark){:root{--ground:#10141b;--panel:#171d27;--text:#e6eaf1;--faint:#98a4b6;--rule:#2d3644;--host:#171d27;--inside:#1d2430;--box:#252e3c;
--bridge:#6ea3f7;--vxlan:#b48bf0;--port:#4cc3c9;--interface:#72c684;--resolver:#dfa650;--overlay:#b48bf0;--vtep:#98a4b6;
--wrong:#ff7385;--wrong-ground:#3d1a22;--focus:#6ea3f7}}`;

/** Of the picture, on a page or of its own. */
export const drawingStyle = `
.graph{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.graph text{fill:var(--text);white-space:pre}
.graph .ground{fill:var(--ground)}
.graph a{cursor:pointer;outline:none;text-decoration:none}
.graph .frame{fill:var(--box);stroke:var(--rule);stroke-width:1.2}
.graph .host>.frame{fill:var(--host)}
.graph .namespace>.frame,.graph .container>.frame{fill:var(--inside)}
.graph .heading{font-size:14px;font-weight:650}
.graph .host .heading{font-size:15px}
.graph .about{font-size:11.5px;font-weight:400;fill:var(--faint)}
.graph .name{font-size:13px;font-weight:600}
.graph .tag{font-size:10px;text-anchor:end;fill:var(--faint)}
.graph .node .line{font-size:11px}
.graph .node .rest{fill:var(--faint);font-variant-numeric:tabular-nums}
.graph .kind{fill:var(--vtep)}
.graph .bridge .kind{fill:var(--bridge)}.graph .vxlan .kind{fill:var(--vxlan)}.graph .port .kind{fill:var(--port)}
.graph .interface .kind{fill:var(--interface)}.graph .resolver .kind{fill:var(--resolver)}.graph .overlay .kind{fill:var(--overlay)}
.graph .edge .line{fill:none;stroke:var(--faint);stroke-width:1.6}
.graph .edge .reach{fill:none;stroke:transparent;stroke-width:14}
.graph .edge.tunnel .line{stroke:var(--vxlan);stroke-width:3}
.graph .edge.veth .line{stroke:var(--port);stroke-width:2}
.graph .edge.bridge .line{stroke:var(--bridge)}
.graph .edge.resolver .line{stroke:var(--resolver);stroke-dasharray:2 4}
.graph .mark{fill:var(--wrong);stroke:var(--box);stroke-width:1.5}
.graph text.sign{fill:var(--box);font-size:11px;font-weight:700;text-anchor:middle}
.graph .wrong>.frame,.graph .missing>.frame{stroke:var(--wrong);stroke-width:2}
.graph .node.wrong>.frame,.graph .node.missing>.frame{fill:var(--wrong-ground)}
.graph .missing>.frame{stroke-dasharray:6 4}
.graph .wrong>svg>.rest,.graph .missing>svg>.rest{fill:var(--wrong);font-weight:600}
.graph .edge.wrong .line,.graph .edge.missing .line{stroke:var(--wrong)}
.graph .edge.missing .line,.graph .edge.unknown .line{stroke-dasharray:6 5}
.graph .unknown>.frame,.graph .foreign>.frame{stroke:var(--faint);stroke-dasharray:3 4}
.graph .unknown>.mark{fill:var(--faint)}
.graph .edge.unknown .line{stroke:var(--faint)}
.graph a:hover>.frame,.graph a.chosen>.frame{stroke-width:3.5;stroke-dasharray:none}
.graph .ok:hover>.frame,.graph .ok.chosen>.frame{stroke:var(--focus);stroke-width:2.5}
.graph a:focus-visible>.frame{stroke:var(--focus);stroke-width:3.5;stroke-dasharray:none}
.graph .edge:hover .line,.graph .edge.chosen .line,.graph .edge:focus-visible .line{stroke-width:5}
`;
