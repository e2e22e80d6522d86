using System.Runtime.InteropServices;
using Bramble.Linux.Native;

namespace Bramble.Linux.Sockets;

/// <summary>sendmmsg(2) for sockets that never block.</summary>
internal static unsafe class MultiSend
{
    private const int WritableWaitMilliseconds = 10;

    /// <summary>Sends as many messages as the kernel takes at once. Where it has no room, waits for it a moment, once.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="messages">The first message.</param>
    /// <param name="count">How many.</param>
    /// <param name="waited">Whether it has waited; then it does not wait again.</param>
    /// <param name="error">Why the first message was refused, if it was.</param>
    /// <returns>Messages that were sent; 0 if the first one was refused.</returns>
    public static int Send(int descriptor, MultiMessage* messages, int count, ref bool waited, out int error)
    {
        error = 0;
        while (true)
        {
            int sent = Libc.SendMany(descriptor, messages, (uint)count, Libc.MsgDontWait);
            if (sent > 0)
            {
                return sent;
            }

            int refusal = Marshal.GetLastPInvokeError();
            if (refusal is Errno.Again or Errno.NoBufferSpace && !waited)
            {
                // The card is behind; once, for the loop has other work.
                waited = true;
                var entry = new PollFd { Fd = descriptor, Events = Libc.PollOut };
                _ = Libc.Poll(&entry, 1, WritableWaitMilliseconds);
            }
            else if (refusal != Errno.Interrupted)
            {
                error = refusal;
                return 0;
            }
        }
    }
}
