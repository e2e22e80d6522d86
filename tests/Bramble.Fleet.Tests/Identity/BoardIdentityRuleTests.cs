using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Identity;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Identity;

public class BoardIdentityRuleTests
{
    private static readonly MacAddress s_mac = new(0xe45f010902f7);
    private static readonly MacAddress s_other = new(0x020000000001);

    [Theory]
    [InlineData(null, null, "91cdf03d", false, IdentityOutcome.Free)]
    [InlineData(null, null, null, false, IdentityOutcome.Free)]
    [InlineData("91cdf03d", "91cdf03d", "91cdf03d", false, IdentityOutcome.Bound)]
    [InlineData("91cdf03d", null, null, false, IdentityOutcome.Bound)]
    [InlineData("-", null, "91cdf03d", false, IdentityOutcome.Bound)]
    [InlineData("-", null, null, false, IdentityOutcome.Bound)]
    [InlineData(null, "91cdf03d", "91cdf03d", true, IdentityOutcome.SerialFromOtherMac)]
    [InlineData("91cdf03d", null, "00000bad", false, IdentityOutcome.MacWithOtherSerial)]
    [InlineData("91cdf03d", "00000bad", "00000bad", true, IdentityOutcome.MacWithOtherSerial)]
    [InlineData("-", "00000bad", "00000bad", true, IdentityOutcome.SerialFromOtherMac)]
    public void Both_names_must_be_those_of_the_bound_board(string? boundToMac, string? boundToSerial, string? said, bool elsewhere, object outcome)
    {
        BoardBinding? ofMac = boundToMac is null ? null : new BoardBinding(s_mac, Serial(boundToMac));
        BoardBinding? ofSerial = boundToSerial is null ? null : new BoardBinding(elsewhere ? s_other : s_mac, Serial(boundToSerial));
        Assert.Equal((IdentityOutcome)outcome, BoardIdentityRule.Decide(ofMac, ofSerial, s_mac, said is null ? null : Serial(said)));
    }

    [Fact]
    public void Claims_are_kept_apart_counted_bounded_and_forgotten()
    {
        var claims = new IdentityClaims();
        var bound = new BoardBinding(s_mac, Serial("91cdf03d"));
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        for (ulong i = 0; i < 2 * IdentityClaims.PerBoard; i++)
        {
            now += TimeSpan.FromSeconds(1);
            claims.Note(Claimant(i), bound, IdentityOutcome.SerialFromOtherMac, now);
            claims.Note(Claimant(i), bound, IdentityOutcome.SerialFromOtherMac, now);
        }

        IReadOnlyList<IdentityClaim> kept = claims.To(s_mac, now);
        Assert.Equal(IdentityClaims.PerBoard, kept.Count);
        Assert.All(kept, static c => Assert.Equal(2, c.Times));
        Assert.Equal(kept[^1], Assert.Single(claims.By(BoardRef.Of(kept[^1].Board.Mac), now)));
        Assert.Empty(claims.By(BoardRef.Of(Serial("91cdf03d")!.Value), now));
        Assert.Empty(claims.To(s_other, now));

        now += IdentityClaims.Lifetime;
        Assert.Empty(claims.To(s_mac, now));
        Assert.Equal(0, claims.Count(now));
        claims.Note(Claimant(7), bound, IdentityOutcome.SerialFromOtherMac, now);
        Assert.Equal((1, now), (Assert.Single(claims.To(s_mac, now)).Times, claims.To(s_mac, now)[0].First));
        claims.Trim(now);
        claims.Forget(s_mac);
        Assert.Equal(0, claims.Count(now));
    }

    [Fact]
    public void Claims_to_more_boards_than_there_is_room_for_are_not_kept()
    {
        var claims = new IdentityClaims();
        for (uint i = 0; i <= IdentityClaims.MaxBoards; i++)
        {
            claims.Note(Claimant(1), new BoardBinding(new MacAddress(i), null), IdentityOutcome.MacWithOtherSerial, DateTimeOffset.UnixEpoch);
        }

        Assert.Equal(IdentityClaims.MaxBoards, claims.Count(DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData(0, null, ApprovalVerdict.NoClaim)]
    [InlineData(1, null, ApprovalVerdict.Approved)]
    [InlineData(1, 36.0, ApprovalVerdict.Approved)]
    [InlineData(1, 9.0, ApprovalVerdict.IsRunning)]
    [InlineData(2, 9.0, ApprovalVerdict.IsRunning)]
    [InlineData(2, 36.0, ApprovalVerdict.SeveralClaims)]
    public void A_person_approves_one_board_and_not_while_the_client_runs(int claims, double? silence, object verdict) =>
        Assert.Equal((ApprovalVerdict)verdict, ApprovalRule.ByPerson(claims, silence is { } s ? TimeSpan.FromSeconds(s) : null));

    [Fact]
    public void The_button_approves_what_was_shown_before_it_was_pressed()
    {
        DateTimeOffset shown = DateTimeOffset.UnixEpoch, pressed = shown + TimeSpan.FromSeconds(5);
        var claim = new IdentityClaim(Claimant(1), new BoardBinding(s_mac, null), IdentityOutcome.MacWithOtherSerial, shown, shown, 1);
        Assert.Equal(ApprovalVerdict.Approved, ApprovalRule.ByButton(claim, 1, pressed, null));
        Assert.Equal(ApprovalVerdict.NoClaim, ApprovalRule.ByButton(claim with { First = pressed }, 1, pressed, null));
        Assert.Equal(ApprovalVerdict.NoClaim, ApprovalRule.ByButton(claim, 1, null, null));
        Assert.Equal(ApprovalVerdict.NoClaim, ApprovalRule.ByButton(null, 1, pressed, null));
        Assert.Equal(ApprovalVerdict.SeveralClaims, ApprovalRule.ByButton(claim, 2, pressed, null));
        Assert.Equal(ApprovalVerdict.IsRunning, ApprovalRule.ByButton(claim, 1, pressed, TimeSpan.FromSeconds(3)));
    }

    private static BoardIdentity Claimant(ulong mac) => new(new MacAddress(0x020000000100 + mac), PiFamily.Pi4, Serial("91cdf03d"), null, PiModel.Unknown);

    private static BoardSerial? Serial(string text) => BoardSerial.TryParse(text, out BoardSerial serial) ? serial : null;
}
