using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Bramble.Fuzz.Engine;

/// <summary>Copies this program and has the product's code in the copy report every block that it enters (<see cref="Coverage.Hit"/>).</summary>
internal static class Instrumenter
{
    private static readonly string[] s_assemblies = ["bramble.dll", "Bramble.Dhcp.dll", "Bramble.Tftp.dll", "Bramble.Fleet.dll", "Bramble.Storage.dll"];

    /// <summary>Makes the copy; returns the number of blocks.</summary>
    /// <param name="from">The folder of the program.</param>
    /// <param name="to">Where the copy goes.</param>
    public static int Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }

        int blocks = 0;
        foreach (string name in s_assemblies)
        {
            blocks += Instrument(Path.Combine(from, name), Path.Combine(to, name), blocks);
        }

        return blocks;
    }

    private static int Instrument(string from, string to, int firstNumber)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(from));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(from, new ReaderParameters { AssemblyResolver = resolver });
        MethodReference hit = assembly.MainModule.ImportReference(typeof(Coverage).GetMethod(nameof(Coverage.Hit)));
        int blocks = 0;
        foreach (MethodDefinition method in assembly.MainModule.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
        {
            method.Body.SimplifyMacros();
            blocks += Instrument(method.Body, hit, firstNumber + blocks);
            method.Body.OptimizeMacros();
        }

        assembly.Write(to);
        return blocks;
    }

    private static int Instrument(MethodBody body, MethodReference hit, int firstNumber)
    {
        HashSet<Instruction> leaders = Leaders(body);
        ILProcessor processor = body.GetILProcessor();
        int blocks = 0;
        foreach (Instruction leader in leaders)
        {
            // The leader itself becomes the call, so that jumps to it and edges of handlers stay right; what it was comes after it.
            Instruction was = processor.Create(OpCodes.Nop);
            (was.OpCode, was.Operand) = (leader.OpCode, leader.Operand);
            (leader.OpCode, leader.Operand) = (OpCodes.Ldc_I4, Scatter(firstNumber + blocks++));
            processor.InsertAfter(leader, was);
            processor.InsertAfter(leader, processor.Create(OpCodes.Call, hit));
        }

        return blocks;
    }

    private static HashSet<Instruction> Leaders(MethodBody body)
    {
        HashSet<Instruction> leaders = [body.Instructions[0]];
        foreach (Instruction instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case Instruction target:
                    leaders.Add(target);
                    break;
                case Instruction[] targets:
                    leaders.UnionWith(targets);
                    break;
            }

            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is { } next)
            {
                leaders.Add(next);
            }
        }

        return leaders;
    }

    // Numbers that lie side by side would meet in the map of edges.
    private static int Scatter(int number) => (int)((uint)(number * 2654435761L) >> 8) & 0xFFFF;
}
