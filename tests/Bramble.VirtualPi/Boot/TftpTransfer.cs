using System.Globalization;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>One read request: packets in, packets and a result out.</summary>
internal sealed class TftpTransfer
{
    // Larger than any file that a Pi can load; a lying tsize must not reserve all memory.
    private const int MaxFile = 512 * 1024 * 1024;

    private readonly string _path;
    private readonly bool _probe;
    private readonly TftpRules _rules;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _options;
    private readonly byte[]? _known;
    private MemoryStream? _content;
    private long _length;
    private int _blockSize = 512;
    private long _announced = -1;
    private long _blocks;
    private bool _optionsAcked;
    private TimeSpan _oackAt;

    public TftpTransfer(string path, bool probe, TftpRules rules, IReadOnlyList<KeyValuePair<string, string>> options, TimeSpan now, byte[]? known = null)
    {
        _known = known;
        _path = path;
        _probe = probe;
        _rules = rules;
        _options = options;
        _oackAt = now;
    }

    /// <summary>What the transfer waits for.</summary>
    public string Waiting => _content is null && !_optionsAcked
        ? $"an answer to RRQ {_path}"
        : string.Create(CultureInfo.InvariantCulture, $"DATA {_blocks + 1} of {_path}");

    /// <summary>Takes in one packet of the session.</summary>
    public TftpStep Accept(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        switch (TftpPackets.OpcodeOf(packet))
        {
            case TftpOpcode.OptionAck:
                return AcceptOptions(packet, now);
            case TftpOpcode.Data:
                return AcceptData(packet);
            case TftpOpcode.Error when _blocks == 0:
                return new TftpStep(Result: new TftpResult(
                    TftpStatus.Refused, [], ErrorCode: TftpPackets.NumberOf(packet), ErrorText: TftpPackets.ErrorText(packet)));
            case TftpOpcode.Error:
                return Fault("server-error", $"the server broke off after block {_blocks}: {TftpPackets.NumberOf(packet)} {TftpPackets.ErrorText(packet)}");
            default:
                return default;
        }
    }

    private TftpStep AcceptOptions(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (_options.Count == 0)
        {
            return Refuse("unasked-oack", "OACK although the request had no options (RFC 2347)");
        }

        if (_optionsAcked)
        {
            return RepeatedOptions(now);
        }

        if (_blocks > 0)
        {
            return default;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!TftpPackets.TryReadOptions(packet, values))
        {
            return Refuse("bad-oack", "OACK is malformed");
        }

        foreach ((string name, string value) in values)
        {
            string? asked = null;
            foreach ((string key, string wanted) in _options)
            {
                asked = key == name ? wanted : asked;
            }

            if (asked is null)
            {
                return Refuse("bad-oack", $"OACK holds '{name}', which was not asked for");
            }

            bool number = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long parsed);
            if (!number || (name == "blksize" && (parsed < 8 || parsed > int.Parse(asked, CultureInfo.InvariantCulture))) || parsed > MaxFile)
            {
                return Refuse("bad-oack", $"OACK says {name}={value} to {name}={asked}");
            }

            if (name == "blksize")
            {
                _blockSize = (int)parsed;
            }
            else
            {
                _announced = parsed;
            }
        }

        if (_announced < 0 && _rules.SendsSize)
        {
            return Refuse("no-tsize", "OACK without tsize: the firmware takes the file for missing");
        }

        if (_probe)
        {
            return Probed();
        }

        _optionsAcked = true;
        _oackAt = now;
        _content = new MemoryStream(capacity: _known is null ? (int)Math.Max(0, _announced) : 0);
        return new TftpStep(TftpPackets.Ack(0), Heard: true);
    }

    private TftpStep RepeatedOptions(TimeSpan now)
    {
        if (_rules.DuplicateOackSpoils && now - _oackAt < TimeSpan.FromSeconds(1))
        {
            return Fault("duplicate-oack", $"second OACK {(now - _oackAt).TotalMilliseconds:0} ms after the first: {_rules.Stage} loads a spoilt file");
        }

        return _blocks == 0 ? new TftpStep(TftpPackets.Ack(0)) : default;
    }

    private TftpStep AcceptData(ReadOnlySpan<byte> packet)
    {
        ushort number = TftpPackets.NumberOf(packet);
        ReadOnlySpan<byte> data = packet[4..];
        if (!_optionsAcked && _blocks == 0)
        {
            if (number != 1)
            {
                return default;
            }

            if (_options.Count > 0 && _rules.NeedsOptionAck)
            {
                return Refuse("no-oack", $"RRQ with options answered by DATA: {_rules.Stage} drops the file");
            }

            if (_probe)
            {
                return Probed();
            }
        }

        _content ??= new MemoryStream();
        if (number != (ushort)(_blocks + 1))
        {
            bool repeated = _blocks > 0 && number == (ushort)_blocks;
            return repeated && _rules.AcksRepeatedData ? new TftpStep(TftpPackets.Ack(number)) : default;
        }

        if (data.Length > _blockSize)
        {
            return Refuse("long-block", $"DATA {_blocks + 1} has {data.Length} octets, agreed were {_blockSize}");
        }

        if (_blocks == 65535 && _rules.EndsAtBlock65535)
        {
            return Fault("block-limit", $"the file needs more than 65535 blocks of {_blockSize} octets: {_rules.Stage} cuts it");
        }

        if (!Keep(data))
        {
            return Fault("wrong-content", $"DATA {_blocks + 1} differs from the file that was expected");
        }

        _blocks++;
        if (_length > MaxFile || (_announced >= 0 && _length > _announced))
        {
            return Refuse("wrong-size", $"more octets than the {_announced} of tsize");
        }

        if (data.Length == _blockSize)
        {
            return new TftpStep(TftpPackets.Ack(number), Heard: true);
        }

        if (_announced >= 0 && _length != _announced)
        {
            return Fault("wrong-size", $"{_length} octets came, tsize said {_announced}");
        }

        if (_known is not null)
        {
            return _length == _known.Length
                ? new TftpStep(TftpPackets.Ack(number), Heard: true, new TftpResult(TftpStatus.Complete, _known, _blockSize))
                : Fault("wrong-content", $"{_length} octets came, {_known.Length} were expected");
        }

        byte[] content = _content.Capacity == _content.Length ? _content.GetBuffer() : _content.ToArray();
        return new TftpStep(TftpPackets.Ack(number), Heard: true, new TftpResult(TftpStatus.Complete, content, _blockSize));
    }

    /// <summary>Keeps a block, or compares it with what is known; false if it differs.</summary>
    private bool Keep(ReadOnlySpan<byte> data)
    {
        bool right = _known is null || (data.Length <= _known.Length - _length && data.SequenceEqual(_known.AsSpan((int)_length, data.Length)));
        if (_known is null)
        {
            _content!.Write(data);
        }

        _length += data.Length;
        return right;
    }

    private static TftpStep Probed() =>
        new(TftpPackets.EarlyTerminate.ToArray(), Heard: true, new TftpResult(TftpStatus.Probed, []));

    /// <summary>Tells the server with ERROR 8 (RFC 2347) and gives up.</summary>
    private TftpStep Refuse(string code, string why) => Fault(code, why) with { Reply = TftpPackets.Error(8, why) };

    private TftpStep Fault(string code, string why) =>
        new(Fault: new BootFaultException("firmware", code, $"{_path}: {why}.", final: true));
}
