using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Content;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Serving;

/// <summary>What comes to the request port.</summary>
internal sealed partial class TftpWorker
{
    // RFC 2347: a request with its options is at most 512 bytes long.
    private const int MaxRequestBytes = 512;
    private static readonly long s_mtuFreshTicks = TimeSpan.FromSeconds(10).Ticks;

    private readonly Dictionary<int, (int Mtu, long ReadAt)> _mtus = [];

    // Anybody on the segment can cause these log lines: they must not fill the journal.
    private RateLimit _warnings = new(perSecond: 1, burst: 20);

    private void OnRequestPacket(in UdpPacket packet, long now)
    {
        if (Refuses(packet) is { } reason)
        {
            Counters.Add(reason);
            return;
        }

        if (!TftpRequest.TryRead(packet.Data, out TftpRequest request))
        {
            bool known = TftpPacketReader.TryReadOpcode(packet.Data, out TftpOpcode opcode);
            Counters.Add(known && opcode is not (TftpOpcode.ReadRequest or TftpOpcode.WriteRequest) ? TftpDropReason.WrongOpcode : TftpDropReason.Malformed);
            return;
        }

        if (request.Opcode == TftpOpcode.WriteRequest)
        {
            Counters.Add(TftpCounter.WriteRequests);
            string name = TftpPath.ForLog(request.FileName);
            if (_warnings.TryTake(now))
            {
                _logger.WriteRefused(packet.Source.Address, name);
            }

            Refuse(packet, name, TftpErrorCode.AccessViolation, "This server is read-only: files are put into its boot folders, not written by TFTP", now);
            return;
        }

        Counters.Add(TftpCounter.ReadRequests);
        if (!IsRepeated(packet, now))
        {
            Open(packet, request, now);
        }
    }

    private TftpDropReason? Refuses(in UdpPacket packet) =>
        !IsServed(packet.Source.Address) ? TftpDropReason.NotServed
        : packet.Destination != packet.LocalAddress ? TftpDropReason.NotUnicast
        : packet.Source.Port == 0 ? TftpDropReason.NoSourcePort
        : packet.IsTruncated || packet.Data.Length > MaxRequestBytes ? TftpDropReason.TooLong
        : null;

    /// <summary>
    /// Deals with a request from a port that has a session. The same request of a session that just began is its repetition;
    /// anything else means that the client gave the old session up, for instance by a reset: boot ROMs begin at the same port each time.
    /// </summary>
    private bool IsRepeated(in UdpPacket packet, long now)
    {
        if (!_sessions.TryGetValue(packet.Source.Key, out TftpSession? session))
        {
            return false;
        }

        bool same = !session.IsOver && packet.Data.SequenceEqual(session.Request)
            && (session.Transfer.State == TransferState.Opening || now - session.HeardAt < _options.Timeout.Ticks);
        if (!same)
        {
            if (!session.IsOver)
            {
                session.Transfer.OnOtherRequest();
                End(session, now);
            }

            Forget(session);
            return false;
        }

        TransferStep step = session.Transfer.OnRequestAgain(now);
        if (step.Action == TransferAction.None)
        {
            Counters.Add(TftpDropReason.RepeatedRequest);
        }

        Perform(session, step, now);
        return true;
    }

    private void Open(in UdpPacket packet, in TftpRequest request, long now)
    {
        if (!TftpPath.TryFold(request.FileName, out string? path))
        {
            Refuse(packet, TftpPath.ForLog(request.FileName), TftpErrorCode.AccessViolation, "Access violation", now);
            return;
        }

        if (request.Mode is not (TftpMode.Octet or TftpMode.Netascii))
        {
            Refuse(packet, path, TftpErrorCode.IllegalOperation, "Only the modes octet and netascii are served", now);
            return;
        }

        if (!HasRoom())
        {
            Counters.Add(TftpCounter.TooManyTransfers);
            if (_warnings.TryTake(now))
            {
                _logger.TooManyTransfers(_sessions.Count, packet.Source.Address);
            }

            Refuse(packet, path, TftpErrorCode.NotDefined, "The server has as many transfers as it can hold; ask again later", now);
            return;
        }

        TftpOpenResult opened = OpenFile(packet.Source.Address, path, now);
        if (opened.Content is { } content && request.Mode == TftpMode.Netascii)
        {
            opened = NetasciiContent.Convert(content, _options.MaxNetasciiBytes);
        }

        if (opened.Content is null)
        {
            Refuse(packet, path, opened.Error, opened.Message, now);
            return;
        }

        Begin(packet, request, path, opened.Content, now);
    }

    /// <summary>True if another transfer may begin. Ended ones that only wait for late packets make room, oldest first.</summary>
    private bool HasRoom()
    {
        while (_sessions.Count >= _options.MaxTransfers && _ended.TryDequeue(out TftpSession? oldest))
        {
            if (!oldest.IsForgotten)
            {
                Forget(oldest);
            }
        }

        return _sessions.Count < _options.MaxTransfers;
    }

    private TftpOpenResult OpenFile(Ipv4Address client, string path, long now)
    {
        try
        {
            return _files.Open(client, path);
        }
        catch (Exception e)
        {
            // One client's broken view must not end everybody's boot.
            if (_warnings.TryTake(now))
            {
                _logger.OpenFailed(e, client, path);
            }

            return new TftpOpenResult(null, TftpErrorCode.NotDefined, "The server failed to open the file");
        }
    }

    private void Begin(in UdpPacket packet, in TftpRequest request, string path, ITftpContent content, long now)
    {
        int mtu = MtuOf(packet.InterfaceIndex, now);
        TransferParameters parameters = OptionNegotiation.Decide(request.Options, content.Length, mtu, _options, out TftpOptionSet accepted);
        var session = new TftpSession
        {
            Transfer = new ReadTransfer(parameters),
            Content = content,
            Client = packet.Source,
            LocalAddress = packet.LocalAddress,
            Path = path,
            Options = accepted,
            Request = packet.Data.ToArray(),
            MaySegment = parameters.WindowSize > 1 && parameters.BlockSize + TftpLimits.HeaderLength + TftpLimits.IpUdpHeaderLength <= mtu,
            StartedAt = now,
            HeardAt = now,
        };
        _sessions.Add(session.Client.Key, session);
        Counters.Add(TftpCounter.Started);
        Counters.ActiveTransfers++;
        Publish(session, TftpTransferOutcome.Started, now);
        Perform(session, session.Transfer.Start(now), now);
    }

    private void Refuse(in UdpPacket packet, string path, TftpErrorCode code, string message, long now)
    {
        TftpTransferOutcome outcome = code == TftpErrorCode.FileNotFound ? TftpTransferOutcome.NotFound : TftpTransferOutcome.Refused;
        Counters.Add(outcome == TftpTransferOutcome.NotFound ? TftpCounter.NotFound : TftpCounter.Refused);
        SendError(packet.Source, packet.LocalAddress, code, message);
        Publish(new TftpTransferEvent(_time.GetUtcNow(), packet.Source.Address, packet.Source.Port, path, outcome, 0, 0, 0, 0, TimeSpan.Zero));
    }

    private int MtuOf(int interfaceIndex, long now)
    {
        if (!_mtus.TryGetValue(interfaceIndex, out (int Mtu, long ReadAt) known) || now - known.ReadAt > s_mtuFreshTicks)
        {
            known = (UdpInterface.GetMtu(_transferSocket, interfaceIndex), now);
            _mtus[interfaceIndex] = known;
        }

        return known.Mtu;
    }
}
