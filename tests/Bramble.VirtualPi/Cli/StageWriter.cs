using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Cli;

/// <summary>JSON lines on standard output, lines for people on standard error when wanted, each written out at once.</summary>
internal sealed class StageWriter : IProgress<StageEvent>
{
    private readonly bool _verbose;

    public StageWriter(bool verbose) => _verbose = verbose;

    public void Report(StageEvent value)
    {
        Console.Out.WriteLine(value.ToJson());
        Console.Out.Flush();
        if (_verbose)
        {
            Console.Error.WriteLine(value);
        }
    }
}
