export const THEME_KEY = "ossagent.theme"

/** Runs before the first paint; the system's wish counts until a person chooses. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}")}catch(e){}document.documentElement.dataset.theme=t==="light"||t==="dark"?t:matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"`
