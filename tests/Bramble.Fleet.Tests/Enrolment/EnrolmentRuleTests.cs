using Bramble.Dhcp.Policy;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Tests.Support;

namespace Bramble.Fleet.Tests.Enrolment;

public class EnrolmentRuleTests
{
    [Theory]
    [InlineData(EnrolmentPolicy.Open, false, false, nameof(EnrolmentVerdict.Enrol))]
    [InlineData(EnrolmentPolicy.Button, false, false, nameof(EnrolmentVerdict.Remember))]
    [InlineData(EnrolmentPolicy.Button, true, false, nameof(EnrolmentVerdict.Enrol))]
    [InlineData(EnrolmentPolicy.Button, false, true, nameof(EnrolmentVerdict.Enrol))]
    [InlineData(EnrolmentPolicy.List, true, false, nameof(EnrolmentVerdict.Remember))]
    [InlineData(EnrolmentPolicy.List, false, true, nameof(EnrolmentVerdict.Enrol))]
    public void An_unknown_pi_is_enrolled_as_the_policy_says(EnrolmentPolicy policy, bool window, bool approved, string verdict) =>
        Assert.Equal(verdict, EnrolmentRule.Decide(policy, window, TestFleet.Pi4, ClientStage.Firmware, hasClient: false, approved, roomLeft: true).ToString());

    [Theory]
    [InlineData(EnrolmentPolicy.Open)]
    [InlineData(EnrolmentPolicy.Button)]
    [InlineData(EnrolmentPolicy.List)]
    public void A_known_board_always_boots(EnrolmentPolicy policy) =>
        Assert.Equal(EnrolmentVerdict.Boot, EnrolmentRule.Decide(policy, false, TestFleet.Pi4, ClientStage.Firmware, hasClient: true, approved: false, roomLeft: false));

    [Fact]
    public void A_laptop_is_never_enrolled() =>
        Assert.Equal(EnrolmentVerdict.None, EnrolmentRule.Decide(EnrolmentPolicy.Open, true, TestFleet.Laptop, ClientStage.Firmware, false, false, true));

    [Theory]
    [InlineData(ClientStage.OperatingSystem)]
    [InlineData(ClientStage.Uefi)]
    public void Only_firmware_enrols(ClientStage stage) =>
        Assert.Equal(EnrolmentVerdict.None, EnrolmentRule.Decide(EnrolmentPolicy.Open, true, TestFleet.Pi4, stage, false, false, true));

    [Fact]
    public void A_boot_rom_without_a_serial_waits_for_it() =>
        Assert.Equal(EnrolmentVerdict.AwaitSerial, EnrolmentRule.Decide(EnrolmentPolicy.Open, false, TestFleet.Pi3Rom, ClientStage.Firmware, false, false, true));

    [Fact]
    public void Forged_boards_cannot_fill_the_disk() =>
        Assert.Equal(EnrolmentVerdict.Full, EnrolmentRule.Decide(EnrolmentPolicy.Open, false, TestFleet.Pi4, ClientStage.Firmware, false, false, roomLeft: false));

    [Fact]
    public void The_name_is_made_of_the_serial()
    {
        Assert.Equal("pi-91cdf03d", EnrolmentRule.NameFor(TestFleet.Pi4));
        Assert.Equal("pi-e45f010902f7", EnrolmentRule.NameFor(TestFleet.Pi4 with { Serial = null }));
    }
}
