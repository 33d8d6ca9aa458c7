/* Everybody's page follows the chair: it is told the meeting's version as soon as that changes, and asks for what is
   new. Where nothing can be told it asks once a second. Without this script a reload does the same. */
(() => {
  "use strict"
  const EVERY = 1000, AGAIN_AFTER = 5000
  const followed = () => document.getElementById("follow")
  let told = "", asking = 0

  const ask = () => followed() && htmx.trigger(followed(), "ask")
  const askAgainAndAgain = () => { asking ||= setInterval(ask, EVERY) }
  const wait = () => { clearInterval(asking); asking = 0 }
  const isBehind = () => told !== "" && followed() && Number(followed().dataset.version) < Number(told)

  const listen = () => {
    const stream = new EventSource(followed().dataset.stream, { withCredentials: true })
    stream.onopen = wait
    stream.onmessage = (event) => {
      told = event.data
      if (!followed()?.dataset.version) stream.close()
      else if (isBehind()) ask()
    }
    stream.onerror = () => {
      askAgainAndAgain()
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_AFTER)
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (!followed()?.dataset.version) return
    askAgainAndAgain()
    if (followed().dataset.stream) listen()
  })
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "follow" && isBehind()) ask() })
})()
