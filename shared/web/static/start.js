// The live numbers of the start page: asked for every two seconds; after a failure it says so and keeps trying.
const lights = document.getElementById("lights");
const said = document.getElementById("said");
const total = document.getElementById("open-cases");

async function refresh() {
  try {
    const answer = await fetch(lights.dataset.source, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const numbers = await answer.json();
    for (const cell of lights.querySelectorAll("[data-light]")) {
      cell.textContent = numbers.open_by_light[cell.dataset.light] ?? 0;
    }
    total.textContent = numbers.open_cases;
    const time = new Date(numbers.at).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
    said.textContent = `今天收到申请 ${numbers.today.submitted} 份，受理 ${numbers.today.accepted} 件，办结 ${numbers.today.ended} 件；${time} 更新`;
  } catch {
    said.textContent = "暂时取不到数字，正在重试。";
  }
  setTimeout(refresh, 2000);
}

refresh();
