namespace Bramble.Storage.Images;

/// <summary>The check sum of zip (APPNOTE.TXT, 4.4.7).</summary>
internal struct Crc32
{
    private static readonly uint[] s_table = MakeTable();
    private uint _inverse;

    /// <summary>The sum so far.</summary>
    internal readonly uint Value => _inverse;

    internal void Append(ReadOnlySpan<byte> data)
    {
        uint crc = ~_inverse;
        foreach (byte b in data)
            crc = s_table[(byte)(crc ^ b)] ^ (crc >> 8);
        _inverse = ~crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
