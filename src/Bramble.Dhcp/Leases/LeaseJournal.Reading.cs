using Bramble.Linux.Files;
using Microsoft.Extensions.Logging;

namespace Bramble.Dhcp.Leases;

/// <content>Reading the file at the start, whatever state it is in.</content>
public sealed partial class LeaseJournal
{
    private void Load(LeaseBook book)
    {
        ReadOnlySpan<byte> data = _file.ReadAll();
        if (!data.StartsWith(FileHeader))
        {
            SetAside(data, torn: FileHeader.StartsWith(data));
            return;
        }

        int position = FileHeader.Length;
        int damaged = 0;
        while (position < data.Length)
        {
            if (LeaseRecord.TryRead(data[position..], out Lease? lease, out int length))
            {
                position += length;
                _records++;
                if (lease is not null)
                {
                    book.Load(lease);
                }

                continue;
            }

            int next = FindRecord(data, position + 1);
            if (next < 0)
            {
                break;
            }

            LogDamaged(_path, position, next - position);
            damaged++;
            position = next;
        }

        _length = position;
        if (position < data.Length)
        {
            LogTornTail(_path, position, data.Length - position);
            _file.Cut(position);
        }

        if (damaged > 0)
        {
            RequestCompaction(book);
            _ = TryFlush();
        }
    }

    private static int FindRecord(ReadOnlySpan<byte> data, int from)
    {
        for (int position = from; position < data.Length; position++)
        {
            if (data[position] == LeaseRecord.Marker && LeaseRecord.TryRead(data[position..], out _, out _))
            {
                return position;
            }
        }

        return -1;
    }

    private void SetAside(ReadOnlySpan<byte> content, bool torn)
    {
        if (!torn)
        {
            string aside = _path + ".damaged";
            LogNoJournal(_path, aside);
            AtomicFile.WriteAllBytes(aside, content, LeaseFile.Mode);
        }

        _file.Cut(0);
        _file.Write(FileHeader, 0);
        _length = FileHeader.Length;
    }

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "{Path}: {Octets} octets at offset {Offset} are no whole record, as after a power cut; cut off.")]
    private partial void LogTornTail(string path, int offset, int octets);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning, Message = "{Path}: {Octets} damaged octets at offset {Offset} skipped; the leases behind them are read.")]
    private partial void LogDamaged(string path, int offset, int octets);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning, Message = "{Path} is no lease journal; kept as {Aside}, a new one is begun.")]
    private partial void LogNoJournal(string path, string aside);
}
