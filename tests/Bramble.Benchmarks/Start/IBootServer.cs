using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Start;

/// <summary>A server that boots Raspberry Pis, under test.</summary>
internal interface IBootServer
{
    string Name { get; }

    /// <summary>Program and arguments.</summary>
    IReadOnlyList<string> Command { get; }

    /// <summary>Waits until it serves and returns the moment.</summary>
    long WaitUntilReady(GatedProcess process, NotifySocket notify);

    /// <summary>A board with this serial number comes next.</summary>
    void Expect(string board);

    /// <summary>Other processes that run for it now.</summary>
    IReadOnlyList<(string Name, Memory Memory)> Helpers();
}
