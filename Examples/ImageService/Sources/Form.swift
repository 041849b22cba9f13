/// A page to try the service with.
enum Form {
  static let page = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <title>Thumbnails</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
      figure { display: inline-block; margin: 1rem 1rem 0 0; vertical-align: top; width: 192px }
      figcaption { font-size: 13px; overflow-wrap: anywhere }
    </style>
    <h1>Thumbnails</h1>
    <p>Each file is decoded in a sandboxed process of its own.</p>
    <input type="file" accept="image/png,image/jpeg" multiple>
    <div></div>
    <script>
      const [input, list] = [document.querySelector("input"), document.querySelector("div")];
      input.addEventListener("change", () => [...input.files].forEach(async (file) => {
        const figure = list.appendChild(document.createElement("figure"));
        const caption = document.createElement("figcaption");
        caption.textContent = file.name;
        figure.append(caption);
        const answer = await fetch("/thumbnail", { method: "POST", body: file });
        if (answer.ok) {
          const image = new Image();
          image.src = URL.createObjectURL(await answer.blob());
          figure.prepend(image);
        } else {
          const { error, detail } = await answer.json();
          caption.textContent = `${file.name}: ${error}, ${detail}`;
        }
      }));
    </script>
    </html>

    """
}
