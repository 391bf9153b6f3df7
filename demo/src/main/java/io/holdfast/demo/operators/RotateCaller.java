package io.holdfast.demo.operators;

import io.holdfast.cli.console.Reason;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast callers rotate}. */
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    description = {
      "Gives a caller one key more and prints it, once.",
      "The former stays valid until it is revoked: holdfast callers revoke NAME --key ID. Two can be"
          + " valid at a time."
    })
final class RotateCaller implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "the caller")
  private String name = "";

  @Mixin private CallerChanges changes = new CallerChanges();
  @Mixin private NewKey key = new NewKey();
  @Mixin private Reason reason = new Reason();

  @Override
  public Integer call() throws IOException {
    key.handOut(
        "caller " + name + " has one key more",
        () -> changes.make(admin -> admin.rotate(name, reason.text())));
    return ExitCode.OK;
  }
}
