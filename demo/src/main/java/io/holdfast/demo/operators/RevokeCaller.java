package io.holdfast.demo.operators;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast callers revoke}. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = {
      "Takes a caller's keys back, and accepts no certificate of its name; or takes back one key.",
      "Its accounts stay as they are. Without --yes it only says what it would do."
    })
final class RevokeCaller implements Runnable {

  @Parameters(paramLabel = "NAME", description = "the caller")
  private String name = "";

  @Option(
      names = "--key",
      paramLabel = "ID",
      description = "only this key; see holdfast callers list")
  private @Nullable String key;

  @Mixin private CallerChanges changes = new CallerChanges();
  @Mixin private Confirmation confirmation = new Confirmation();
  @Mixin private Output output = new Output();

  @Override
  public void run() {
    String id = key;
    String what = id == null ? "caller " + name : "key " + id + " of caller " + name;
    if (confirmation.given("revoke " + what)) {
      changes.make(
          admin ->
              id == null
                  ? admin.revoke(name, confirmation.reason())
                  : admin.revokeKey(name, id, confirmation.reason()));
      output.line(what + " is revoked");
    }
  }
}
