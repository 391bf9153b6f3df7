package io.holdfast.cli;

import io.holdfast.cli.config.ConfigCommand;
import io.holdfast.cli.console.DurationConverter;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.OutputClosedException;
import io.holdfast.cli.console.TerminalText;
import io.holdfast.cli.elections.ElectionsCommand;
import io.holdfast.cli.locks.LocksCommand;
import io.holdfast.cli.namespace.DoctorCommand;
import io.holdfast.cli.namespace.GenerationCommand;
import io.holdfast.cli.namespace.ListAudit;
import io.holdfast.cli.sagas.OutboxCommand;
import io.holdfast.cli.sagas.SagasCommand;
import io.holdfast.cli.services.ServicesCommand;
import io.holdfast.cli.transactions.TransactionsCommand;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.UnreadableException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The root command. */
@Command(
    name = "holdfast",
    mixinStandardHelpOptions = true,
    version = "holdfast 0.1.0-SNAPSHOT",
    description = "Locks, services and payments that must agree: look at them, or watch a demo.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it worked",
      "1:it failed, or standard output took not all of it; for a demo: money, a payment or a shard"
          + " was not as it must be; for a history: not valid",
      "2:wrong usage",
      "3:the cluster could not be reached, did not answer, or refused us (password, certificate,"
          + " permission)",
      "4:no such lock, election, service, instance, setting, transaction or saga"
    },
    footer = {
      "",
      "Completion for this shell: source <(holdfast generate-completion)",
    })
public final class Holdfast {

  private static final List<Class<?>> COMMANDS =
      List.of(
          LocksCommand.class,
          ElectionsCommand.class,
          ServicesCommand.class,
          ConfigCommand.class,
          TransactionsCommand.class,
          SagasCommand.class,
          OutboxCommand.class,
          GenerationCommand.class,
          ListAudit.class,
          DoctorCommand.class,
          GenerateCompletion.class,
          HelpCommand.class);

  /** What the JVM makes of bytes that are no text: two names would become one. */
  private static final char UNREADABLE = '\ufffd';

  static final int UNAVAILABLE = 3;
  static final int NOT_FOUND = 4;

  /** Runs a command line and exits with its code. */
  public static void main(String[] args) {
    // gRPC logs through java.util.logging, whose default is to print on standard error.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    CommandLine commandLine = commandLine();
    if (String.join(" ", args).indexOf(UNREADABLE) >= 0) {
      Output.errLine(
          commandLine.getErr(),
          "an argument has characters that this locale does not know, or that are no text: set"
              + " LC_ALL=C.UTF-8, say");
      System.exit(CommandLine.ExitCode.USAGE);
    }
    PrintWriter out = new PrintWriter(System.out, false, Charset.defaultCharset());
    commandLine.setOut(out);
    int exitCode = commandLine.execute(args);
    // Help and completion do not go through Output.
    boolean lost = out.checkError();
    if (lost && exitCode == CommandLine.ExitCode.OK) {
      exitCode = explain(new OutputClosedException(), commandLine);
    }
    System.exit(exitCode);
  }

  /** The command line with the commands of all providers; for tests too. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Holdfast());
    for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
      provider.commands().forEach(commandLine::addSubcommand);
    }
    COMMANDS.forEach(commandLine::addSubcommand);
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> explain(failure, command));
    commandLine.setParameterExceptionHandler(Holdfast::wrongUsage);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.registerConverter(Duration.class, new DurationConverter());
    return commandLine;
  }

  /** Prints one line; with {@code HOLDFAST_TRACE} the stack too. */
  private static int explain(Exception failure, CommandLine command) {
    PrintWriter err = command.getErr();
    String message = failure.getMessage();
    Output.errLine(err, message == null ? failure.getClass().getSimpleName() : message);
    if (System.getenv("HOLDFAST_TRACE") != null) {
      failure.printStackTrace(err);
    }
    err.flush();
    if (failure instanceof NotFoundException) {
      return NOT_FOUND;
    }
    if (failure instanceof GuardFailedException || failure instanceof UnreadableException) {
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (failure instanceof CoordinationException) {
      return UNAVAILABLE;
    }
    return failure instanceof IllegalArgumentException
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** Prints two lines, or the subcommands. The arguments may come from others: they are escaped. */
  private static int wrongUsage(CommandLine.ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(TerminalText.line(String.valueOf(wrong.getMessage())));
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
      if (command.getSubcommands().isEmpty()) {
        err.println("see " + command.getCommandSpec().qualifiedName() + " --help");
      } else {
        command.usage(err);
      }
    }
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }
}
