// report RESULTS [STAGE]: the results of a run of scripts/test so far, of one stage or of all.
// Exit code 0: something passed and nothing failed.
using Bramble.TestReport;

if (args.Length is not (1 or 2) || !Directory.Exists(args[0]))
{
    Console.Error.WriteLine("usage: report RESULTS [STAGE]: RESULTS is the folder that scripts/test has written");
    return 2;
}

IReadOnlyList<TestRun> runs = TestRun.ReadAll(args[0], args.Length == 2 ? args[1] : null);
var report = new Report(runs);
report.Write(Console.Out, isFinal: args.Length == 1);
return report.Succeeded ? 0 : 1;
