namespace Bramble.VirtualPi.Boot;

/// <summary>Whatever comes is right.</summary>
internal sealed class AnyFiles : IExpectedFiles
{
    public static AnyFiles Instance { get; } = new();

    public Expectation Find(string name, out ReadOnlyMemory<byte> content)
    {
        content = default;
        return Expectation.Unknown;
    }
}
