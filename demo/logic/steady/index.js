/** Reserving as it always was: 6 ms, give or take half. */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export default () => ({
  handlers: {
    reserve: async ({ uid }) => {
      await pause(3 + 6 * Math.random())
      return { left: uid % 90, by: "steady" }
    },
  },
})
