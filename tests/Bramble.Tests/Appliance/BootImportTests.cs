using Bramble.Appliance;
using Xunit;

namespace Bramble.Tests.Appliance;

public sealed class BootImportTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGNvbWUgb24gbm93LCB0aGlzIGlzIG5vIGtleSEh someone@somewhere";

    [Fact]
    public void Settings_are_taken_over_with_any_line_ends_and_a_byte_order_mark()
    {
        BootImport import = Judge("\uFEFF[dhcp]\r\nmode = proxy\r\n");
        Assert.Equal("[dhcp]\nmode = proxy\n", import.Config);
        Assert.Empty(import.Mistakes);
    }

    [Fact]
    public void A_file_with_mistakes_leaves_what_was_there_and_names_line_and_fix()
    {
        BootImport import = BootImport.Judge(new BootFiles("[dhcp]\r\nmod = proxy\r\n", null, null), imported: null, present: "[dhcp]\nmode = off\n");
        Assert.Null(import.Config);
        string mistake = Assert.Single(import.Mistakes);
        Assert.StartsWith("bramble.conf:2:", mistake, StringComparison.Ordinal);
        Assert.Contains("did you mean 'mode'?", import.ErrorsFile(), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", import.ErrorsFile().Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[dhcp]\nmod = proxy\n")]
    public void Without_settings_that_can_be_read_a_new_machine_has_the_defaults(string? text) =>
        Assert.Equal(global::Bramble.Configuration.ConfigSchema.DefaultFile(), Judge(text).Config);

    [Fact]
    public void The_same_file_again_does_not_undo_what_was_set_on_the_machine()
    {
        const string text = "[dhcp]\nmode = proxy\n";
        Assert.Null(BootImport.Judge(new BootFiles(text, null, null), imported: text, present: "[dhcp]\nmode = off\n").Config);
        Assert.Equal("[dhcp]\nmode = server\n", BootImport.Judge(new BootFiles("[dhcp]\nmode = server\n", null, null), imported: text, present: text).Config);
    }

    [Fact]
    public void Keys_are_read_and_what_is_none_is_named()
    {
        BootImport import = BootImport.Judge(new BootFiles(null, $"\uFEFF# mine\r\n{Key}\r\nssh-ed25519 AAAA broken\r\n\r\nhello\r\n", null), null, null);
        Assert.Equal([Key], import.Keys);
        Assert.Equal(2, import.Mistakes.Count);
        Assert.StartsWith("authorized_keys:3:", import.Mistakes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_is_called_what_it_is()
    {
        BootImport import = BootImport.Judge(new BootFiles(null, "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", null), null, null);
        Assert.Empty(import.Keys);
        Assert.Contains("private key", Assert.Single(import.Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_form_of_Raspberry_Pi_Imager_gives_a_name_and_keys()
    {
        string userData = $"#cloud-config\nhostname: workshop\nmanage_etc_hosts: true\nusers:\n- name: pi\n  groups: users,adm\n  ssh_authorized_keys:\n    - {Key}\n";
        BootImport import = BootImport.Judge(new BootFiles(null, null, userData), null, null);
        Assert.Equal("workshop", import.HostName);
        Assert.Equal([Key], import.Keys);
    }

    [Theory]
    [InlineData("kitchen", "kitchen")]
    [InlineData("Living room", null)]
    [InlineData("-x", null)]
    public void The_name_in_the_settings_is_the_host_name_where_it_can_be(string name, string? expected) =>
        Assert.Equal(expected, Judge($"[server]\nname = {name}\n").HostName);

    [Fact]
    public void Bytes_of_any_kind_are_only_mistakes()
    {
        string noise = new([.. Enumerable.Range(0, 4096).Select(i => (char)(i * 7919 % 0xD800))]);
        BootImport import = BootImport.Judge(new BootFiles(noise, noise, noise), null, null);
        Assert.NotEmpty(import.Mistakes);
        Assert.Empty(import.Keys);
    }

    private static BootImport Judge(string? config) => BootImport.Judge(new BootFiles(config, null, null), null, null);
}
