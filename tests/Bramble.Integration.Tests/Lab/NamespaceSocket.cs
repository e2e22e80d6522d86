using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Integration.Tests.Lab;

/// <summary>Makes sockets of this process in another network namespace, where they stay (setns(2)).</summary>
internal static partial class NamespaceSocket
{
    private const int NewNet = 0x40000000; // CLONE_NEWNET

    /// <summary>A UDP socket that is bound there.</summary>
    public static Socket Bind(string networkNamespace, IPEndPoint local)
    {
        Socket? socket = null;
        Exception? failure = null;
        // The thread that changes its namespace ends here, so that nothing else ever runs on it.
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle place = File.OpenHandle($"/run/netns/{networkNamespace}");
                if (SetNamespace((int)place.DangerousGetHandle(), NewNet) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                }

                socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(local);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? socket! : throw new InvalidOperationException($"No socket at {local} in {networkNamespace}: {failure.Message}", failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
