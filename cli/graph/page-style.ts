/** Of the page around the picture. */
export const pageStyle = `
*{box-sizing:border-box}
body{margin:0;height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
header{display:flex;flex-wrap:wrap;gap:2px 18px;align-items:baseline;padding:10px 18px;background:var(--panel);border-bottom:1px solid var(--rule)}
h1{font-size:17px;margin:0}
header p{margin:0;color:var(--faint)}
header .at{margin-left:auto;font-variant-numeric:tabular-nums}
.well{color:var(--interface);font-weight:600}
.bad,.live{color:var(--wrong);font-weight:600}
.live{color:var(--interface)}.live.lost{color:var(--wrong)}
main{flex:1;min-height:0;display:flex}
.drawing{flex:1;min-width:0;overflow:auto;padding:6px;display:flex}
.drawing>svg{flex:none;margin:auto}
aside{flex:0 0 350px;overflow:auto;padding:4px 20px 60px;background:var(--panel);border-left:1px solid var(--rule)}
section{display:none}
section.shown{display:block}
h2{font-size:17px;margin:14px 0 2px;overflow-wrap:anywhere}
h3{font-size:13px;margin:18px 0 6px;color:var(--faint);font-weight:600}
.place,.hint{color:var(--faint);margin:2px 0 10px}
.state{color:var(--wrong);font-weight:600;margin:8px 0 2px}
ul{padding:0;margin:6px 0;list-style:none}
ul.wrong>li{margin:0 0 8px;padding:7px 10px;background:var(--wrong-ground);border-left:3px solid var(--wrong);overflow-wrap:anywhere}
.mend{margin:3px 0 0;color:var(--faint)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 14px;margin:10px 0}
dt{color:var(--faint);max-width:160px}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
pre{margin:0 0 6px;padding:7px 10px;background:var(--inside);border:1px solid var(--rule);border-radius:5px;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}
code{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
a{color:var(--bridge)}
a.bad{color:var(--wrong)}
.legend{margin-top:16px;color:var(--faint)}
.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:9px;vertical-align:-1px}
i.interface{background:var(--interface)}i.port{background:var(--port)}i.bridge{background:var(--bridge)}i.vxlan{background:var(--vxlan)}i.resolver{background:var(--resolver)}i.bad{background:var(--wrong)}
.zoom{position:fixed;left:16px;bottom:14px;display:flex;gap:1px;border:1px solid var(--rule);border-radius:7px;overflow:hidden;background:var(--rule)}
.zoom button{border:0;padding:6px 13px;font:inherit;color:var(--text);background:var(--panel);cursor:pointer}
.zoom button:hover{background:var(--inside)}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.zoom button:focus-visible{outline-offset:-3px}
@media(max-width:820px){main{flex-direction:column}aside{flex:0 0 45%;border-left:0;border-top:1px solid var(--rule)}.zoom{bottom:calc(45% + 14px)}}
@media print{body{height:auto}main{display:block}.drawing{overflow:visible}aside,.zoom{display:none}}
`;
