using System.Diagnostics;
using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>Against a real tgtd (package tgt) with real initiators (package libiscsi-bin).</summary>
[Trait("kind", "integration")]
public sealed class TargetTests
{
    private const string Loopback = "127.0.0.1";

    [Fact]
    public async Task A_disk_is_open_to_its_own_address_and_secret_alone()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot one = await lab.PrepareAsync("pi-1");
        ClientRoot two = await lab.PrepareAsync("pi-2");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        await lab.Storage.PublishRootAsync("pi-2", "127.0.0.9", CancellationToken.None);

        Assert.True(lab.CanLogIn(one));
        Assert.False(lab.CanLogIn(one, one.ChapUser!, two.ChapSecret!));
        Assert.False(lab.CanLogIn(one, two.ChapUser!, two.ChapSecret!));
        Assert.False(lab.CanLogIn(two), "the address of another client");
        Assert.Equal("600", await Shell.RunAsync($"stat -c %a {lab.Box.Options.TargetsFile}"));

        // The address of a client may change; the old one is closed.
        await lab.Storage.PublishRootAsync("pi-1", "127.0.0.8", CancellationToken.None);
        Assert.False(lab.CanLogIn(one));
        await lab.Storage.PublishRootAsync("pi-2", Loopback, CancellationToken.None);
        Assert.True(lab.CanLogIn(two));

        // Two clients never have one address: the later one gets it, and the earlier one is closed until its own next boot.
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        Assert.True(lab.CanLogIn(one));
        Assert.False(lab.CanLogIn(two));
        Assert.Single(lab.Box.Units.Reloaded, unit => unit == "tgt.service");
    }

    [Fact]
    public async Task A_wrong_name_a_wrong_address_and_a_wrong_secret_are_refused_alike()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot one = await lab.PrepareAsync("pi-1");
        ClientRoot two = await lab.PrepareAsync("pi-2");
        await lab.Storage.PublishRootAsync("pi-2", "127.0.0.9", CancellationToken.None);
        await AssertItsOwnAloneAsync();

        // tgtd starts anew with less than that, and is told the rest.
        lab.Tgt.Kill();
        lab.Tgt.Start();
        Assert.False(lab.CanLogIn(two));
        Assert.False(lab.CanLogIn(one, two.ChapUser!, two.ChapSecret!));
        await AssertItsOwnAloneAsync();

        async Task AssertItsOwnAloneAsync()
        {
            await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
            Assert.True(lab.CanLogIn(one));
            Assert.False(lab.Tgt.CanLogIn(one.TargetName!, one.ChapUser!, one.ChapSecret!, two.InitiatorName!), "another client's name");
            Assert.False(lab.Tgt.CanLogIn(one.TargetName!, one.ChapUser!, one.ChapSecret!, one.InitiatorName! + "x"), "a name of its own making");
            Assert.False(lab.CanLogIn(one, one.ChapUser!, one.ChapSecret![..^1] + "-"), "a wrong secret");
            Assert.False(lab.Tgt.CanLogIn(one.TargetName!, one.InitiatorName!), "no secret");
            foreach (string name in new[] { one.InitiatorName!, two.InitiatorName! })
                Assert.DoesNotContain(one.TargetName!, lab.Tgt.Discover(name), StringComparison.Ordinal);
            await lab.Storage.PublishRootAsync("pi-1", "127.0.0.7", CancellationToken.None);
            Assert.False(lab.CanLogIn(one), "a wrong address");
            await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
            Assert.True(lab.CanLogIn(one));
        }
    }

    [Fact]
    public async Task What_the_drop_in_says_is_served_after_a_restart_of_tgtd()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot one = await lab.PrepareAsync("pi-1");
        ClientRoot two = await lab.PrepareAsync("pi-2");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        await lab.Storage.PublishRootAsync("pi-2", "127.0.0.9", CancellationToken.None);
        string Sheet() => lab.Tgt.Run("tgtadm", "-C", $"{lab.Tgt.ControlPort}", "--lld", "iscsi", "--mode", "target", "--op", "show").Output;
        IEnumerable<string> Identity(string sheet) => sheet.Split('\n').Where(line => line.Contains("SCSI", StringComparison.Ordinal) && line.Contains(one.FilesystemUuid![..8], StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        string before = Sheet();
        lab.Tgt.Kill();
        lab.Tgt.Start();
        Assert.True(lab.CanLogIn(one));
        Assert.False(lab.CanLogIn(two));
        Assert.False(lab.CanLogIn(one, one.ChapUser!, two.ChapSecret!));
        Assert.Equal(Identity(before), Identity(Sheet()));
        Assert.Equal(2, Identity(before).Count());

        // Nothing is to be done then.
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        Assert.True(lab.CanLogIn(one));
    }

    [Fact]
    public async Task The_doctor_closes_what_is_too_much_and_brings_back_what_is_missing()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot one = await lab.PrepareAsync("pi-1");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        Assert.Empty(await lab.Storage.ExamineAsync(mend: false, null, CancellationToken.None));

        string port = $"-C {lab.Tgt.ControlPort} --lld iscsi";
        await Shell.RunAsync($"""
            tgtadm {port} --mode target --op bind --tid 1 -I ALL
            tgtadm {port} --mode target --op new --tid 9 -T iqn.2026-01.org.bramble:gone
            tgtadm {port} --mode target --op bind --tid 9 -I ALL
            tgtadm {port} --mode target --op new --tid 10 -T iqn.2001-01.org.example:somebody-elses
            """);
        IReadOnlyList<StorageFinding> found = await lab.Storage.ExamineAsync(mend: true, null, CancellationToken.None);
        Assert.Equal([one.TargetName!, "iqn.2026-01.org.bramble:gone"], found.Select(static finding => finding.Subject));
        Assert.All(found, static finding => Assert.True(finding.IsMended, finding.ToString()));
        Assert.True(lab.CanLogIn(one));
        Assert.False(lab.Tgt.CanLogIn(one.TargetName!, one.ChapUser!, one.ChapSecret!, "iqn.2026-01.org.example:stranger"));
        Assert.Contains("somebody-elses", lab.Tgt.Run("tgtadm", "-C", $"{lab.Tgt.ControlPort}", "--lld", "iscsi", "--mode", "target", "--op", "show").Output, StringComparison.Ordinal);

        // tgtd is gone: it is started. It begins with less than all rules, and gets the rest.
        lab.Tgt.Kill();
        Assert.Equal("tgt.service", Assert.Single(await lab.Storage.ExamineAsync(mend: true, null, CancellationToken.None)).Subject);
        Assert.True(lab.CanLogIn(one));
        Assert.False(lab.Tgt.CanLogIn(one.TargetName!, one.ChapUser!, one.ChapSecret!, "iqn.2026-01.org.example:stranger"));
    }

    [Fact]
    public async Task A_running_client_is_not_disturbed_by_another()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot one = await lab.PrepareAsync("pi-1");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        using Process reader = lab.Tgt.StartReader(one.TargetName!, one.ChapUser!, one.ChapSecret!, one.InitiatorName!);
        try
        {
            for (int attempt = 0; !lab.Tgt.Run("tgtadm", "-C", $"{lab.Tgt.ControlPort}", "--lld", "iscsi", "--mode", "target", "--op", "show").Output.Contains("I_T nexus:", StringComparison.Ordinal) && attempt < 50; attempt++)
                await Task.Delay(100);
            string connection = Connection(lab);

            await lab.PrepareAsync("pi-2");
            await lab.Storage.PublishRootAsync("pi-2", "127.0.0.9", CancellationToken.None);
            await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
            await lab.Storage.RemoveRootAsync("pi-2", CancellationToken.None);

            // Its disk is in use: not mounted here, and not taken away.
            await lab.Storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi) with { HostName = "kitchen" }, CancellationToken.None);
            await RootTests.AssertRefusedAsync("in use", () => lab.Storage.RemoveRootAsync("pi-1", CancellationToken.None));
            Assert.Equal(connection, Connection(lab));
            Assert.False(reader.HasExited);
        }
        finally
        {
            reader.Kill();
            await reader.WaitForExitAsync();
        }

        for (int attempt = 0; Connection(lab).Length > 0 && attempt < 50; attempt++)
            await Task.Delay(100);
        await lab.Storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi) with { HostName = "kitchen" }, CancellationToken.None);
        Assert.False(lab.CanLogIn(one), "off the air until it is published anew");
        Assert.Equal("kitchen", await Shell.RunAsync($"debugfs -R 'cat /etc/hostname' {lab.Box.Data}/clients/pi-1/states/1/disk.img 2>/dev/null"));
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        Assert.True(lab.CanLogIn(one));
    }

    [Fact]
    public async Task A_client_made_anew_has_a_new_secret_and_the_old_one_is_dead()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot old = await lab.PrepareAsync("pi-1");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        await lab.Storage.RemoveRootAsync("pi-1", CancellationToken.None);
        Assert.False(lab.CanLogIn(old));
        Assert.DoesNotContain("pi-1", await File.ReadAllTextAsync(lab.Box.Options.TargetsFile), StringComparison.Ordinal);
        ClientRoot anew = await lab.PrepareAsync("pi-1");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        Assert.True(lab.CanLogIn(anew));
        Assert.False(lab.CanLogIn(old));
    }

    [Fact]
    public async Task A_client_that_is_rolled_back_keeps_its_disk_until_it_boots_and_then_gets_the_other()
    {
        await using Lab lab = await Lab.MakeAsync();
        ClientRoot old = await lab.PrepareAsync("pi-1");
        await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
        using Process reader = lab.Tgt.StartReader(old.TargetName!, old.ChapUser!, old.ChapSecret!, old.InitiatorName!);
        try
        {
            for (int attempt = 0; Connection(lab).Length == 0 && attempt < 50; attempt++)
                await Task.Delay(100);
            string connection = Connection(lab);
            await lab.Storage.CreateSnapshotAsync("pi-1", "good", SnapshotCause.Hand, null, CancellationToken.None);
            RootChange change = await lab.Storage.RollBackAsync("pi-1", "good", null, CancellationToken.None);
            await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
            Assert.Equal(connection, Connection(lab));

            // It boots, though tgtd has not noticed that its old session is dead.
            ClientRoot current = await lab.PrepareAsync("pi-1");
            Assert.NotEqual(old.TargetName, current.TargetName);
            Assert.Equal(old.FilesystemUuid, current.FilesystemUuid);
            await lab.Storage.PublishRootAsync("pi-1", Loopback, CancellationToken.None);
            Assert.True(lab.CanLogIn(current));
            Assert.False(lab.CanLogIn(old));
            Assert.False(lab.CanLogIn(current, old.ChapUser!, old.ChapSecret!));
            await RootTests.AssertRefusedAsync("until it boots", () => lab.Storage.RemoveSnapshotAsync("pi-1", change.Kept, CancellationToken.None));

            reader.Kill();
            await reader.WaitForExitAsync();
            for (int attempt = 0; Connection(lab).Length > 0 && attempt < 50; attempt++)
                await Task.Delay(100);
            await lab.Storage.RemoveSnapshotAsync("pi-1", change.Kept, CancellationToken.None);
            Assert.True(lab.CanLogIn(current));
        }
        finally
        {
            reader.Kill();
        }
    }

    private static string Connection(Lab lab) => string.Join('\n', lab.Tgt.Run("tgtadm", "-C", $"{lab.Tgt.ControlPort}", "--lld", "iscsi", "--mode", "target", "--op", "show").Output
        .Split('\n').Where(line => line.Contains("I_T nexus:", StringComparison.Ordinal) || line.Contains("Initiator:", StringComparison.Ordinal)));

    private sealed class Lab : IAsyncDisposable
    {
        private Lab(Box box)
        {
            Box = box;
            Tgt = new TgtServer(box.Options.TargetsFile);
            Storage = box.Open(box.Options with { TgtAdmProgram = "tgtadm", TgtControlPort = Tgt.ControlPort, EffectTimeout = TimeSpan.FromSeconds(5) });
            box.Units.OnReload = unit =>
            {
                if (unit == "tgt.service")
                    Tgt.Start();
                else
                    box.Export();
            };
        }

        public Box Box { get; }

        public TgtServer Tgt { get; }

        public StorageService Storage { get; }

        public static async Task<Lab> MakeAsync()
        {
            Lab lab = new(await Box.MakeAsync("btrfs"));
            await lab.Storage.AddImageAsync(await new PiImage().MakeAsync(lab.Box.Folder), "pi", null, CancellationToken.None);
            return lab;
        }

        public Task<ClientRoot> PrepareAsync(string client) => Storage.PrepareRootAsync(Box.Request(client, RootKind.Iscsi), CancellationToken.None);

        public bool CanLogIn(ClientRoot root) => CanLogIn(root, root.ChapUser!, root.ChapSecret!);

        public bool CanLogIn(ClientRoot root, string user, string secret) => Tgt.CanLogIn(root.TargetName!, user, secret, root.InitiatorName!);

        public async ValueTask DisposeAsync()
        {
            await Tgt.DisposeAsync();
            await Box.DisposeAsync();
        }
    }
}
