// Put the pin of the small map elsewhere: click, or the arrow keys (with Shift in larger steps).  The form keeps it.

const map = document.querySelector("[data-map]");
const lat = document.getElementById("id_lat");
const lon = document.getElementById("id_lon");
if (map && lat && lon) {
  const [south, west, north, east] = map.dataset.box.split(" ").map(Number);
  const { width, height } = map.viewBox.baseVal;
  const number = (field) => Number(field.value.replace(",", "."));
  const across = (degrees) => ((degrees - west) / (east - west)) * width;
  const down = (degrees) => ((north - degrees) / (north - south)) * height;

  const show = () => {
    const pin = map.querySelector("[data-pin]");
    if (pin && number(lat) && number(lon)) {
      pin.setAttribute("transform", `translate(${across(number(lon))} ${down(number(lat))})`);
    }
  };
  const put = (north_, east_) => {
    lat.value = Math.min(Math.max(north_, south), north).toFixed(5);
    lon.value = Math.min(Math.max(east_, west), east).toFixed(5);
    show();
  };

  map.tabIndex = 0;
  document.querySelector("[data-map-help]").hidden = false;
  map.addEventListener("click", (event) => {
    const box = map.getBoundingClientRect();
    put(north - ((event.clientY - box.top) / box.height) * (north - south),
      west + ((event.clientX - box.left) / box.width) * (east - west));
  });
  map.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const far = (north - south) / (event.shiftKey ? 40 : 400);
    put((number(lat) || (north + south) / 2) + step[0] * far, (number(lon) || (east + west) / 2) + step[1] * far * 1.6);
  });
  for (const field of [lat, lon]) field.addEventListener("input", show);
}
