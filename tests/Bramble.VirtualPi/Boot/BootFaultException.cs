namespace Bramble.VirtualPi.Boot;

/// <summary>A boot that stands still.</summary>
internal sealed class BootFaultException : Exception
{
    public BootFaultException(string at, string code, string message, bool final = false)
        : base(message)
    {
        At = at;
        Code = code;
        Final = final;
    }

    /// <summary>The stage that stood still: discover, offered, bound, firmware, kernel, root, up.</summary>
    public string At { get; }

    /// <summary>Stable short name, for example <c>no-boot-option</c>.</summary>
    public string Code { get; }

    /// <summary>True when the witness, not the board, stops here: a real board would have gone on with bad data.</summary>
    public bool Final { get; }
}
