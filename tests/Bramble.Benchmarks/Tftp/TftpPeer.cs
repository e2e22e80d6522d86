using System.Diagnostics;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Tftp;

/// <summary>A TFTP server under test, on one processor of its own: the daemon and the processes that it forks.</summary>
internal sealed class TftpPeer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_sampleEvery = TimeSpan.FromMilliseconds(500);

    private readonly ControlGroup? _group = ControlGroup.TryMake();
    private readonly RunningProgram _program;
    private readonly Timer _sampler;
    private double _peakOfTree;

    private TftpPeer(TftpServerProgram server, string folder)
    {
        string[] command = Environment.ProcessorCount > 1 ? ["taskset", "-c", "0", .. server.Command(folder)] : server.Command(folder);
        command = _group?.Run(command) ?? command;
        _program = new RunningProgram(command[0], command[1..]);
        _sampler = new Timer(_ => Sample(), null, s_sampleEvery, s_sampleEvery);
    }

    /// <summary>User and system time of the server's processes since its start, those that ended too.</summary>
    public TimeSpan Cpu => _group?.Cpu ?? ProcessTree.Cpu(_program.Id);

    /// <summary>
    /// Most memory since the start, MB (of 1,048,576 octets): VmHWM of the daemon, or where it forks the largest sum of the processes'
    /// proportional shares (PSS) that was seen.
    /// </summary>
    public double PeakMegabytes => Math.Max(ProcessTree.PeakResident(_program.Id), Volatile.Read(ref _peakOfTree));

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="server">Which.</param>
    /// <param name="folder">The folder that it serves.</param>
    public static TftpPeer Start(TftpServerProgram server, string folder)
    {
        var peer = new TftpPeer(server, folder);
        try
        {
            // In the kernel's table, port 69 in hex; the servers say nothing or different things.
            Wait.Until(
                () => peer._program.HasExited || File.ReadAllText("/proc/self/net/udp").Contains(":0045 ", StringComparison.Ordinal),
                s_patience, () => $"{server.Name} does not listen:\n{peer._program.Output}");
            return !peer._program.HasExited ? peer
                : throw new InvalidOperationException($"{server.Name} did not stay:\n{peer._program.Output}");
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _sampler.Dispose();
        _program.Dispose();
        _group?.Dispose();
    }

    private void Sample()
    {
        int[] children = ProcessTree.Children(_program.Id);
        if (children.Length > 0)
        {
            double sum = ProcessTree.ProportionalShare(_program.Id) + children.Sum(ProcessTree.ProportionalShare);
            _peakOfTree = Math.Max(_peakOfTree, sum);
        }
    }
}
