package io.holdfast.demo.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.Holdfast;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CallersCommandTest {

  private static final String KEY = "hfk_[0-9a-v]{10}_[0-9a-v]{52}";

  private final String cluster = "memory://callers-" + UUID.randomUUID() + "/payments";

  private record Run(int code, String out, String err) {}

  private Run run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    List<String> line = new ArrayList<>(List.of("callers"));
    line.addAll(List.of(words));
    line.addAll(List.of("--connect", cluster));
    int code = commandLine.execute(line.toArray(String[]::new));
    return new Run(code, out.toString().strip(), err.toString());
  }

  private static String id(Run added) {
    return added.out().substring(4, 14);
  }

  @Test
  void add_printsTheKeyAloneAndOnce() {
    Run added = run("add", "shop", "--role", "merchant,customer");

    assertThat(added.code()).as(added.err()).isZero();
    assertThat(added.out()).matches(KEY);
    assertThat(added.err()).contains("shop").doesNotContain(added.out());
    Run listed = run("list");
    assertThat(listed.out())
        .contains("shop", "CUSTOMER,MERCHANT", id(added))
        .doesNotContain(added.out().substring(15));
    assertThat(run("list", "--output", "json").out())
        .contains("\"keys\" : \"" + id(added) + "\"")
        .doesNotContain(added.out().substring(15));
  }

  @Test
  void add_toAFile_isForTheOwnerOnlyAndOverwritesNothing(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("shop.key");
    Run added = run("add", "shop", "--role", "merchant", "--key-file", file.toString());

    assertThat(added.code()).as(added.err()).isZero();
    assertThat(Files.readString(file).strip()).matches(KEY);
    assertThat(added.out()).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    assertThat(run("rotate", "shop", "--key-file", file.toString()).code()).isEqualTo(2);
    assertThat(run("list").out()).doesNotContain(",");
    Path other = folder.resolve("other.key");
    assertThat(run("rotate", "nobody", "--key-file", other.toString()).code()).isEqualTo(4);
    assertThat(other).doesNotExist();
  }

  @Test
  void rotate_thenRevokeTheFormer_leavesTheNew() {
    Run first = run("add", "shop", "--role", "merchant");
    Run second = run("rotate", "shop");
    assertThat(second.out()).matches(KEY).isNotEqualTo(first.out());

    Run third = run("rotate", "shop");
    assertThat(third.code()).isEqualTo(1);
    assertThat(third.err()).contains(id(first), id(second)).hasLineCount(1);

    assertThat(run("revoke", "shop", "--key", id(first)).out()).contains("dry run");
    assertThat(run("list").out()).contains(id(first));
    assertThat(run("revoke", "shop", "--key", id(first), "--yes").code()).isZero();
    assertThat(run("list").out()).contains(id(second)).doesNotContain(id(first));
  }

  @Test
  void revoke_caller_thenReinstate() {
    Run added = run("add", "shop", "--role", "merchant");
    assertThat(run("revoke", "shop", "--yes", "--reason", "left").code()).isZero();
    assertThat(run("list").out()).doesNotContain(id(added));
    assertThat(run("add", "shop", "--role", "merchant").code()).isEqualTo(1);
    assertThat(run("rotate", "shop").code()).isEqualTo(1);

    assertThat(run("reinstate", "shop").out()).matches(KEY);
  }

  @Test
  void add_certificateOnly_hasNoKey() {
    Run added = run("add", "gateway", "--role", "operator", "--certificate");

    assertThat(added.out()).contains("certificate").doesNotContain("hfk_");
    assertThat(run("list").out()).contains("gateway", "OPERATOR").doesNotContain("hfk_");
  }

  @Test
  void wrongUsage_hasCodesOfItsOwn() {
    assertThat(run("add", "shop").code()).isEqualTo(2);
    assertThat(run("add", "shop", "--role", "king").code()).isEqualTo(2);
    assertThat(run("add", "shop", "--role", "system").code()).isEqualTo(2);
    assertThat(run("add", "no good", "--role", "customer").code()).isEqualTo(2);
    assertThat(run("revoke", "nobody", "--yes").code()).isEqualTo(4);
    assertThat(run("list").out()).contains("no callers");
  }
}
