// The editor of a rich text: data-rich on a <textarea> (data-rich="simple": lists and bold alone), in a form whose data-editor is the address of the library.
// Without it, or without scripts, the textarea itself is edited.
(() => {
  "use strict";

  // What is pasted keeps its bold and its lists, which Word lays as paragraphs with a level and a bullet of their own.
  // Styles are read under another name: the security policy of the page refuses them, even to look at.
  const cleanPaste = (html) => {
    const plain = html.replace(/<!\[(?:if|endif)[^>]*>|<!--[\s\S]*?-->/g, "").replace(/\sstyle\s*=/gi, " data-look=");
    const page = new DOMParser().parseFromString(plain, "text/html");
    const look = (node) => node.getAttribute("data-look") || "";
    page.querySelectorAll("style,script,meta,link,xml,svg").forEach((node) => node.remove());
    page.querySelectorAll("p[data-look]").forEach((paragraph) => {
      if (!/mso-list:\s*l\d/i.test(look(paragraph))) return;
      let marker = "";
      paragraph.querySelectorAll("span").forEach((span) => {
        if (!/mso-list:\s*ignore/i.test(look(span))) return;
        marker += span.textContent;
        span.remove();
      });
      const tag = /^\s*\(?(\d+|[a-z])[.)]/i.test(marker) ? "OL" : "UL";
      const before = paragraph.previousElementSibling;
      const list = before && before.tagName === tag ? before : page.createElement(tag);
      if (list !== before) paragraph.before(list);
      const item = page.createElement("li");
      item.append(...paragraph.childNodes);
      list.append(item);
      paragraph.remove();
    });
    page.querySelectorAll("b[data-look],strong[data-look]").forEach((bold) => {
      if (/font-weight:\s*(normal|[1-5]00)/i.test(look(bold))) bold.replaceWith(...bold.childNodes);
    });
    page.querySelectorAll("span[data-look]").forEach((span) => {
      if (!/font-weight:\s*(bold|[6-9]00)/i.test(look(span))) return;
      const bold = page.createElement("strong");
      bold.append(...span.childNodes);
      span.replaceWith(bold);
    });
    page.querySelectorAll("[data-look]").forEach((node) => node.removeAttribute("data-look"));
    return page.body.innerHTML;
  };

  const TOOLS = [
    ["Titre", (chain) => chain.toggleHeading({ level: 3 }), (editor) => editor.isActive("heading", { level: 3 })],
    ["Sous-titre", (chain) => chain.toggleHeading({ level: 4 }), (editor) => editor.isActive("heading", { level: 4 })],
    ["Gras", (chain) => chain.toggleBold(), (editor) => editor.isActive("bold")],
    ["Liste à puces", (chain) => chain.toggleBulletList(), (editor) => editor.isActive("bulletList")],
    ["Liste numérotée", (chain) => chain.toggleOrderedList(), (editor) => editor.isActive("orderedList")],
    ["Tableau", (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }), (editor) => editor.isActive("table")],
    ["Annuler", (chain) => chain.undo()],
    ["Rétablir", (chain) => chain.redo()],
  ];
  const SIMPLE_TOOLS = ["Gras", "Liste à puces", "Liste numérotée", "Annuler", "Rétablir"];
  const TABLE_TOOLS = [
    ["Ligne en plus", (chain) => chain.addRowAfter()],
    ["Colonne en plus", (chain) => chain.addColumnAfter()],
    ["Retirer la ligne", (chain) => chain.deleteRow()],
    ["Retirer la colonne", (chain) => chain.deleteColumn()],
    ["Retirer le tableau", (chain) => chain.deleteTable()],
  ];

  const element = (tag, attributes, text) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    if (text) made.textContent = text;
    return made;
  };

  const toolbar = (editor, area) => {
    const bar = element("div", { class: "ctai-editor__bar", role: "toolbar", "aria-label": "Mise en forme", "aria-controls": `${area.id}-rich` });
    const refreshers = [];
    const add = (holder, [label, act, active]) => {
      const button = element("button", { type: "button", class: "fr-btn fr-btn--tertiary fr-btn--sm" }, label);
      button.addEventListener("click", () => act(editor.chain().focus()).run());
      if (active) refreshers.push(() => button.setAttribute("aria-pressed", String(active(editor))));
      holder.append(button);
    };
    const simple = area.dataset.rich === "simple";
    TOOLS.filter(([name]) => !simple || SIMPLE_TOOLS.includes(name)).forEach((tool) => add(bar, tool));

    const link = element("button", { type: "button", class: "fr-btn fr-btn--tertiary fr-btn--sm", "aria-expanded": "false" }, "Lien");
    if (!simple) bar.append(link);
    const row = element("div", { class: "ctai-editor__row", hidden: "" });
    const label = element("label", { class: "fr-label", for: `${area.id}-link` }, "Adresse du lien (https:// ou mailto:)");
    const address = element("input", { class: "fr-input", id: `${area.id}-link`, type: "text", inputmode: "url", autocomplete: "off" });
    const lay = element("button", { type: "button", class: "fr-btn fr-btn--sm" }, "Poser le lien");
    const drop = element("button", { type: "button", class: "fr-btn fr-btn--tertiary fr-btn--sm" }, "Retirer le lien");
    row.append(label, address, lay, drop);
    const fold = (open) => {
      row.hidden = !open;
      link.setAttribute("aria-expanded", String(open));
    };
    link.addEventListener("click", () => {
      address.value = editor.getAttributes("link").href || "";
      fold(row.hidden);
      if (!row.hidden) address.focus();
    });
    const laid = () => {
      const typed = address.value.trim();
      if (!typed) return;
      const href = /^(https?:\/\/|mailto:)/i.test(typed) ? typed : typed.includes("@") ? `mailto:${typed}` : `https://${typed}`;
      const chain = editor.chain().focus().extendMarkRange("link");
      if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
      else chain.setMark("link", { href }).run();
      fold(false);
    };
    lay.addEventListener("click", laid);
    address.addEventListener("keydown", (event) => {
      if (event.key === "Escape") fold(false);
      if (event.key !== "Enter") return;
      event.preventDefault();
      laid();
    });
    drop.addEventListener("click", () => {
      editor.chain().focus().extendMarkRange("link").unsetMark("link").run();
      fold(false);
    });
    refreshers.push(() => link.setAttribute("aria-pressed", String(editor.isActive("link"))));

    const inTable = element("div", { class: "ctai-editor__row", hidden: "", role: "group", "aria-label": "Tableau" });
    TABLE_TOOLS.forEach((tool) => add(inTable, tool));
    refreshers.push(() => { inTable.hidden = !editor.isActive("table"); });

    const refresh = () => refreshers.forEach((each) => each());
    editor.on("transaction", refresh);
    refresh();
    const holder = element("div", { class: "ctai-editor__tools" });
    holder.append(bar, row, inTable);
    return holder;
  };

  const start = async (area) => {
    const source = area.form && area.form.dataset.editor;
    if (!source) return;
    const kit = await import(source);
    const holder = element("div", { class: "ctai-editor" });
    area.after(holder);
    const label = document.querySelector(`label[for="${area.id}"]`);
    if (label && !label.id) label.id = `${area.id}-label`;
    const described = area.getAttribute("aria-describedby");
    const editor = new kit.Editor({
      element: holder,
      injectCSS: false,
      content: area.value,
      extensions: [
        kit.Document, kit.Paragraph, kit.Text, kit.HardBreak, kit.History, kit.Bold, kit.BulletList, kit.OrderedList,
        kit.ListItem, kit.Gapcursor,
        ...(area.dataset.rich === "simple" ? [] : [kit.Heading.configure({ levels: [3, 4] }),
        kit.Link.configure({ enableTarget: false, openOnClick: false, autolink: false, protocols: ["http", "https", "mailto"] }),
        // The library gives tables an inline style, which the security policy refuses.
        kit.Table.extend({ renderHTML: () => ["table", ["tbody", 0]] }).configure({ resizable: false }), kit.TableRow, kit.TableHeader, kit.TableCell]),
      ],
      editorProps: {
        attributes: {
          id: `${area.id}-rich`, class: "ctai-editor__text ctai-rich", role: "textbox", "aria-multiline": "true", dir: "auto", lang: "fr",
          ...(label ? { "aria-labelledby": label.id } : {}), ...(described ? { "aria-describedby": described } : {}),
        },
        transformPastedHTML: cleanPaste,
      },
      onUpdate: ({ editor: changed }) => {
        area.value = changed.isEmpty ? "" : changed.getHTML();
        area.dispatchEvent(new Event("input", { bubbles: true }));
      },
    });
    holder.prepend(toolbar(editor, area));
    area.hidden = true;
    if (label) label.addEventListener("click", () => editor.commands.focus());
    // What is laid in the textarea from elsewhere, such as a text found again, is shown.
    area.addEventListener("ctai:laid", () => editor.commands.setContent(area.value, { emitUpdate: false }));
    area.addEventListener("ctai:insert", (event) => {
      event.preventDefault();
      editor.chain().focus().insertContent({ type: "text", text: event.detail }).run();
    });
    area.dispatchEvent(new CustomEvent("ctai:rich", { bubbles: true }));
  };

  document.querySelectorAll("textarea[data-rich]").forEach((area) => start(area).catch(() => { area.hidden = false; }));
})();
