using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bramble.Linux.Processes;

namespace Bramble.Storage.Tests.Support;

/// <summary>A real tgtd on loopback, with a control port of its own.</summary>
internal sealed class TgtServer(string configuration) : IAsyncDisposable
{
    private Process? _process;

    public int ControlPort { get; } = Random.Shared.Next(1000, 30000);

    public int Port { get; } = FreePort();

    /// <summary>As tgt.service does: tgtd, then what is in the file.</summary>
    public void Start()
    {
        _process = Process.Start(new ProcessStartInfo("/usr/sbin/tgtd", ["-f", "-C", $"{ControlPort}", "--iscsi", $"portal=127.0.0.1:{Port}"]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        for (int attempt = 0; !Run("tgtadm", "-C", $"{ControlPort}", "--lld", "iscsi", "--mode", "target", "--op", "show").Succeeded && attempt < 50; attempt++)
            Thread.Sleep(100);
        ProcessResult admin = Run("tgt-admin", "-C", $"{ControlPort}", "-e", "-c", configuration);
        if (!admin.Succeeded)
            throw new InvalidOperationException($"tgt-admin: {admin.Output}{admin.Error}");
    }

    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Logs in and asks for the disk's data sheet.</summary>
    public bool CanLogIn(string target, string user, string secret, string initiator) =>
        Run("iscsi-inq", "-i", initiator, $"iscsi://{user}%{secret}@127.0.0.1:{Port}/{target}/1").Output.Contains("DIRECT_ACCESS", StringComparison.Ordinal);

    /// <summary>The same without CHAP.</summary>
    public bool CanLogIn(string target, string initiator) =>
        Run("iscsi-inq", "-i", initiator, $"iscsi://127.0.0.1:{Port}/{target}/1").Output.Contains("DIRECT_ACCESS", StringComparison.Ordinal);

    /// <summary>The targets that tgtd tells an initiator of.</summary>
    public string Discover(string initiator) => Run("iscsi-ls", "-i", initiator, $"iscsi://127.0.0.1:{Port}/").Output;

    /// <summary>A client that reads without pause until it is killed.</summary>
    public Process StartReader(string target, string user, string secret, string initiator)
    {
        Process reader = Process.Start(new ProcessStartInfo("/usr/bin/iscsi-perf", ["-i", initiator, "-b", "8", "-m", "1", "-r", $"iscsi://{user}%{secret}@127.0.0.1:{Port}/{target}/1"]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        reader.OutputDataReceived += static (_, _) => { };
        reader.ErrorDataReceived += static (_, _) => { };
        reader.BeginErrorReadLine();
        reader.BeginOutputReadLine();
        return reader;
    }

    public ProcessResult Run(string program, params string[] arguments) =>
        ChildProcess.RunAsync(program, arguments, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token).GetAwaiter().GetResult();

    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
