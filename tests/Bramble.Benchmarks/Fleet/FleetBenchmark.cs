using System.Diagnostics;
using System.Globalization;
using Bramble.Benchmarks.Tftp;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Fleet;

/// <summary>The published binary with a registry of 1,000 clients: how long <c>bramble status</c>, the page and the metrics take, and the memory of both processes.</summary>
internal static class FleetBenchmark
{
    private const double MostStatus = 50;
    private const double MostPage = 100;
    private const int Port = 8080;

    public static int Run(string[] args)
    {
        int clients = args is ["--clients", { } text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 1000;
        int runs = args.Contains("--quick") ? 5 : 20;
        using var box = new BootBox($"[dhcp]\nmode = server\n[web]\nport = {Port}\n");
        string boot = Directory.CreateDirectory(Path.Combine(box.Folder, "boot")).FullName;
        PreparedFleet.Write(Path.Combine(box.Folder, "state"), clients, "10.77.0.1", _ => boot);
        box.Start();
        using var web = new RunningProgram("ip", Segment.In(box.Segment.ServerNamespace, Repository.Bramble, "web", "--config", box.ConfigFile), box.Bus.Environment);
        web.WaitForOutput("listening", TimeSpan.FromSeconds(30));

        double start = Median(runs, () => Shell.Run(Repository.Bramble, "--version"));
        double status = Median(runs, () => box.Bramble("status"));
        double json = Median(runs, () => box.Bramble("status", "--json"));
        // A second's pause: one answer serves all who ask within a second.
        double page = Median(runs, () => Get("/"), pause: 1100);
        double again = Median(runs, () => Get("/"));
        double metrics = Median(runs, () => Get("/metrics"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {clients} clients, medians of {runs} in ms, each with the start of a process
            bramble --version   {start,8:F1}
            bramble status      {status,8:F1}   (at most {MostStatus:F0})
            bramble status --json {json,6:F1}
            page                {page,8:F1}   (at most {MostPage:F0})
            page within a second{again,8:F1}
            metrics             {metrics,8:F1}
            resident, MB: serve {ProcessTree.PeakResident(box.Server.Id):F1} at most, web {ProcessTree.PeakResident(web.Id):F1} at most
            """));
        return status <= MostStatus && page <= MostPage ? 0 : 1;

        void Get(string path) => Shell.Run("ip", [.. Segment.In(box.Segment.ServerNamespace, "curl", "-sfo", "/dev/null", $"http://10.77.0.1:{Port}{path}")]);
    }

    private static double Median(int runs, Action work, int pause = 0)
    {
        work();
        var times = new List<double>();
        for (int i = 0; i < runs; i++)
        {
            Thread.Sleep(pause);
            long begun = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        times.Sort();
        return times[runs / 2];
    }
}
