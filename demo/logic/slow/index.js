/** Somebody put a look-up into a loop: each call waits four times as long. */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export default () => ({
  handlers: {
    reserve: async ({ uid }) => {
      for (let i = 0; i < 4; i++) await pause(3 + 6 * Math.random())
      return { left: uid % 90, by: "slow" }
    },
  },
})
