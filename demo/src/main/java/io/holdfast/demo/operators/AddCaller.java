package io.holdfast.demo.operators;

import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Reason;
import io.holdfast.payment.ledger.Role;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast callers add}. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = {
      "Adds a caller and prints its API key, once.",
      "A name is given once only, for it owns accounts."
    })
final class AddCaller implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "letters, digits, '.', '-' and '_'")
  private String name = "";

  @Option(
      names = "--role",
      required = true,
      split = ",",
      paramLabel = "ROLE",
      description = "customer, merchant, operator or auditor; may be given several times")
  private Set<Role> roles = EnumSet.noneOf(Role.class);

  @Option(
      names = "--certificate",
      description =
          "no key: it comes with a client certificate whose common name is NAME, from the authority"
              + " that the nodes trust")
  private boolean certificate;

  @Mixin private CallerChanges changes = new CallerChanges();
  @Mixin private NewKey key = new NewKey();
  @Mixin private Reason reason = new Reason();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException {
    String what = "caller " + name + " added as " + roles.toString().toLowerCase(Locale.ROOT);
    if (certificate) {
      changes.make(admin -> admin.addWithoutKey(name, roles, reason.text()));
      output.line(what + "; it comes with a certificate");
    } else {
      key.handOut(what, () -> changes.make(admin -> admin.add(name, roles, reason.text())));
    }
    return ExitCode.OK;
  }
}
