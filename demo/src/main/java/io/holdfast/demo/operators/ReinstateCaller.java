package io.holdfast.demo.operators;

import io.holdfast.cli.console.Reason;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast callers reinstate}. */
@Command(
    name = "reinstate",
    mixinStandardHelpOptions = true,
    description =
        "Takes a revoked caller back, prints a new key, once, and accepts certificates of its name"
            + " again. Its former keys stay revoked.")
final class ReinstateCaller implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "the caller")
  private String name = "";

  @Mixin private CallerChanges changes = new CallerChanges();
  @Mixin private NewKey key = new NewKey();
  @Mixin private Reason reason = new Reason();

  @Override
  public Integer call() throws IOException {
    key.handOut(
        "caller " + name + " is reinstated",
        () -> changes.make(admin -> admin.reinstate(name, reason.text())));
    return ExitCode.OK;
  }
}
