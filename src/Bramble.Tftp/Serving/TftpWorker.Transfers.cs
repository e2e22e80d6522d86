using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Serving;

/// <summary>Running transfers: their packets, their timers, their end.</summary>
internal sealed partial class TftpWorker
{
    // Long enough for everything that a client repeats after the end; without it a late acknowledgment would be answered by
    // ERROR 5 from the port that the client's next transfer listens to.
    private static readonly long s_lingerTicks = TimeSpan.FromSeconds(5).Ticks;

    // Far below the kernel's patience, and rare enough to cost nothing.
    private static readonly long s_confirmTicks = NeighbourKeeper.Patience.Ticks / 20;

    // A window is sent in shares of so many bytes, and everybody else has a turn in between.
    private const int ShareBytes = UdpSendBatch.MaxMessageBytes;

    private readonly Queue<TftpSession> _backlog = new();
    private readonly Queue<TftpSession> _ended = new();
    private RateLimit _unknownTransfers = new(perSecond: 10, burst: 20);

    // First answers that are sent again without being asked for: together so few that forged senders can aim them at nobody.
    private RateLimit _repeatedAnswers = new(perSecond: 20, burst: 100);

    private void OnTransferPacket(in UdpPacket packet, long now)
    {
        if (!TftpPacketReader.TryReadOpcode(packet.Data, out TftpOpcode opcode))
        {
            Counters.Add(TftpDropReason.Malformed);
            return;
        }

        if (opcode is not (TftpOpcode.Acknowledgment or TftpOpcode.Error))
        {
            Counters.Add(TftpDropReason.WrongOpcode);
            return;
        }

        if (!_sessions.TryGetValue(packet.Source.Key, out TftpSession? session))
        {
            OnUnknownTransfer(packet, opcode, now);
            return;
        }

        if (session.IsOver)
        {
            Counters.Add(TftpDropReason.AfterEnd);
            return;
        }

        if (opcode == TftpOpcode.Error)
        {
            TftpPacketReader.TryReadError(packet.Data, out ushort code, out _);
            session.Transfer.OnError(code);
            Perform(session, TransferStep.None, now);
            return;
        }

        if (!TftpPacketReader.TryReadAcknowledgment(packet.Data, out ushort block))
        {
            Counters.Add(TftpDropReason.Malformed);
            return;
        }

        session.HeardAt = now;
        TransferStep step = session.Transfer.OnAcknowledgment(block, now);
        if (step.Action == TransferAction.None && !session.Transfer.HasEnded)
        {
            Counters.Add(TftpDropReason.StaleAcknowledgment);
        }

        else
        {
            ConfirmNeighbour(session, now);
        }

        Perform(session, step, now);
    }

    /// <summary>
    /// Tells the kernel that a client whose transfer makes progress is reachable. A Pi 3 does not answer ARP while it loads, so the kernel would give
    /// its entry up. It is done here because nothing that waits for a disk may hold it up.
    /// </summary>
    private void ConfirmNeighbour(TftpSession session, long now)
    {
        if (now - session.ConfirmedAt >= s_confirmTicks)
        {
            session.ConfirmedAt = now;
            _neighbours.TryConfirm(session.Client.Address);
        }
    }

    private void OnUnknownTransfer(in UdpPacket packet, TftpOpcode opcode, long now)
    {
        Counters.Add(TftpDropReason.UnknownTransfer);

        // An ERROR is never answered by an ERROR, and strangers get no answer at all.
        if (opcode == TftpOpcode.Acknowledgment && packet.Source.Port != 0 && IsServed(packet.Source.Address) && _unknownTransfers.TryTake(now))
        {
            SendError(packet.Source, packet.LocalAddress, TftpErrorCode.UnknownTransferId, "Unknown transfer ID");
        }
    }

    private void OnTimer(TftpSession session, long now)
    {
        if (session.IsOver)
        {
            Forget(session);
            return;
        }

        bool isOpening = session.Transfer.State == TransferState.Opening;
        TransferStep step = session.Transfer.OnTimer(now);
        if (isOpening && step.Action != TransferAction.None && !_repeatedAnswers.TryTake(now))
        {
            step = TransferStep.None;
        }

        Perform(session, step, now);
    }

    /// <summary>Sends what the machine wants, and keeps timer and end in step with it.</summary>
    private void Perform(TftpSession session, TransferStep step, long now)
    {
        switch (step.Action)
        {
            case TransferAction.SendOptions:
                int length = TftpPacketWriter.WriteOptionAcknowledgment(Reserve(TftpPacketWriter.MaxControlLength), session.Options);
                _sending.Commit(length, session.Client, session.LocalAddress);
                break;
            case TransferAction.SendData:
                session.Unsent.Add(step.FirstBlock, step.Count);
                if (!session.IsQueued)
                {
                    SendShare(session);
                }

                break;
        }

        if (session.Transfer.HasEnded)
        {
            End(session, now);
            return;
        }

        session.Deadline = session.Transfer.Deadline;
        _wheel.Schedule(session);
    }

    /// <summary>Goes on with the windows that were larger than a share, each by one share.</summary>
    private void SendBacklog()
    {
        for (int i = _backlog.Count; i > 0; i--)
        {
            TftpSession session = _backlog.Dequeue();
            session.IsQueued = false;
            if (session.IsOver)
            {
                continue;
            }

            SendShare(session);
            if (session.Transfer.HasEnded)
            {
                End(session, Now);
            }
        }

        Flush();
    }

    /// <summary>Sends of what the session has to send as much as its share allows; the rest queues up.</summary>
    private void SendShare(TftpSession session)
    {
        ReadTransfer transfer = session.Transfer;
        int fullPacket = TftpLimits.HeaderLength + transfer.Parameters.BlockSize;
        int share = Math.Max(1, ShareBytes / fullPacket);
        int perMessage = session.MaySegment && _sending.SegmentationWorks ? Math.Min(UdpSendBatch.MaxSegments, share) : 1;
        (long block, int count) = session.Unsent.Take(share);
        Counters.Add(TftpCounter.DataPacketsSent, count);
        while (count > 0)
        {
            int packets = Math.Min(count, perMessage);
            if (!SendMessage(session, block, packets, fullPacket))
            {
                LoseContent(session);
                return;
            }

            block += packets;
            count -= packets;
        }

        if (session.Unsent.Count > 0)
        {
            session.IsQueued = true;
            _backlog.Enqueue(session);
        }
    }

    /// <summary>Sends blocks in one message; false if their bytes are gone.</summary>
    private bool SendMessage(TftpSession session, long block, int packets, int fullPacket)
    {
        ReadTransfer transfer = session.Transfer;
        Span<byte> message = Reserve(packets * fullPacket);
        int used = 0;
        for (int i = 0; i < packets; i++, block++)
        {
            used += TftpPacketWriter.WriteDataHeader(message[used..], transfer.NumberOf(block));
            int length = transfer.LengthOf(block);
            if (length > 0 && session.Content.Read(transfer.OffsetOf(block), message.Slice(used, length)) != length)
            {
                return false;
            }

            used += length;
        }

        _sending.Commit(used, session.Client, session.LocalAddress, packets > 1 ? fullPacket : 0);
        Counters.Add(TftpCounter.DataBytesSent, used - (packets * TftpLimits.HeaderLength));
        return true;
    }

    private void LoseContent(TftpSession session)
    {
        if (_warnings.TryTake(Now))
        {
            _logger.ContentLost(session.Client.Address, session.Path);
        }

        SendError(session.Client, session.LocalAddress, TftpErrorCode.NotDefined, "The file changed while it was being read");
        session.Transfer.Abort();
    }

    private void SendError(UdpEndpoint client, Ipv4Address from, TftpErrorCode code, string message)
    {
        int length = TftpPacketWriter.WriteError(Reserve(TftpPacketWriter.MaxControlLength), code, message);
        _sending.Commit(length, client, from);
        Counters.Add(TftpCounter.ErrorsSent);
    }

    /// <summary>Publishes the end, gives the content back, and leaves the session for late packets.</summary>
    private void End(TftpSession session, long now)
    {
        (TftpTransferOutcome outcome, TftpCounter counter) = session.Transfer.State switch
        {
            TransferState.Completed => (TftpTransferOutcome.Completed, TftpCounter.Completed),
            TransferState.Probed => (TftpTransferOutcome.Probed, TftpCounter.Probed),
            TransferState.TimedOut => (TftpTransferOutcome.TimedOut, TftpCounter.TimedOut),
            TransferState.Unconfirmed => (TftpTransferOutcome.Unconfirmed, TftpCounter.Unconfirmed),
            _ => (TftpTransferOutcome.Aborted, TftpCounter.Aborted),
        };
        Counters.ActiveTransfers--;
        Counters.Add(counter);
        Counters.Add(TftpCounter.Retransmits, session.Transfer.Retransmits);
        Publish(session, outcome, now);
        session.Release();
        session.Deadline = now + s_lingerTicks;
        _wheel.Schedule(session);
        _ended.Enqueue(session);
    }

    private void Forget(TftpSession session)
    {
        session.IsForgotten = true;
        _wheel.Remove(session);
        _sessions.Remove(session.Client.Key);
        while (_ended.TryPeek(out TftpSession? oldest) && oldest.IsForgotten)
        {
            _ended.Dequeue();
        }
    }

    private void EndAllSessions()
    {
        foreach (TftpSession session in _sessions.Values.Where(s => !s.IsOver))
        {
            session.Transfer.Abort();
            End(session, Now);
        }

        _sessions.Clear();
    }

    private void Publish(TftpSession session, TftpTransferOutcome outcome, long now)
    {
        Publish(new TftpTransferEvent(
            _time.GetUtcNow(),
            session.Client.Address,
            session.Client.Port,
            session.Path,
            outcome,
            session.Content.Length,
            session.Transfer.AcknowledgedBytes,
            session.Transfer.Parameters.BlockSize,
            session.Transfer.Retransmits,
            new TimeSpan(now - session.StartedAt))
        {
            Heard = new TimeSpan(Math.Max(0, session.Transfer.HeardAt - session.StartedAt)),
        });
    }

    private void Publish(in TftpTransferEvent e)
    {
        try
        {
            _events.OnTransfer(e);
        }
        catch (Exception exception)
        {
            _logger.EventFailed(exception);
        }
    }
}
