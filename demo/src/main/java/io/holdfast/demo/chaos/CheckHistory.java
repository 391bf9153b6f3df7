package io.holdfast.demo.chaos;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.check.Verdict;
import io.holdfast.chaos.history.HistoryFiles;
import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast chaos check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Judges a recorded history: is there an order of its operations that explains it?",
      "JSON: key, verdict (valid, invalid or unknown), operations, why."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:valid: every key is linearizable",
      "1:invalid, or unknown because a limit was reached: not a pass",
      "2:wrong usage, or not a history",
      "4:no such file"
    })
final class CheckHistory implements Callable<Integer> {

  @Mixin private Listing listing = new Listing();

  @Parameters(paramLabel = "FILE", description = "a history as lines of JSON")
  private Path file = Path.of("");

  @Option(
      names = "--limit",
      paramLabel = "DURATION",
      defaultValue = "60s",
      description = "the longest search for one key (default: ${DEFAULT-VALUE})")
  private Duration limit = Duration.ofMinutes(1);

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NotFoundException("no such file: " + file);
    }
    HistoryCheck check = judge();
    listing.print(
        check.verdicts().entrySet().stream().map(CheckHistory::row).toList(),
        "an empty history: valid, and says nothing");
    listing
        .output()
        .errLine(
            "%s: %d operations of %d keys, %d refused by a fence"
                .formatted(
                    check.result(), check.operations(), check.verdicts().size(), check.fenced()));
    return check.result() == HistoryCheck.Result.VALID ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private HistoryCheck judge() throws IOException {
    try {
      return HistoryCheck.of(HistoryFiles.read(file), Limits.defaults().withTime(limit));
    } catch (HistoryFormatException e) {
      throw new HistoryFormatException(file + ": " + e.getMessage(), e);
    }
  }

  private static Row row(Map.Entry<String, Verdict> judged) {
    Verdict verdict = judged.getValue();
    return new Row()
        .with("key", judged.getKey())
        .with("verdict", word(verdict))
        .with("operations", verdict.operations())
        .with("why", why(verdict));
  }

  private static String word(Verdict verdict) {
    return verdict.result().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String why(Verdict verdict) {
    if (verdict instanceof Verdict.Violation bad) {
      return "after %d in order, nothing explains %s".formatted(bad.explained(), bad.why());
    }
    if (verdict instanceof Verdict.Broken broken) {
      return "%d promises broken: %s".formatted(broken.times(), String.join("; ", broken.how()));
    }
    return verdict instanceof Verdict.Unknown unknown ? unknown.why() : null;
  }
}
