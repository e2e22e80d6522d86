namespace Bramble.Dhcp.Wire;

/// <summary>A set of option codes on the stack.</summary>
internal ref struct OptionCodes
{
    private UInt128 _low;
    private UInt128 _high;

    /// <summary>Puts a code in; false if it is in already.</summary>
    public bool Add(byte code)
    {
        ref UInt128 half = ref code < 128 ? ref _low : ref _high;
        UInt128 bit = UInt128.One << (code & 127);
        bool added = (half & bit) == 0;
        half |= bit;
        return added;
    }
}
