package io.holdfast.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ConfigCommandsTest {

  private static final String SECRET = "correct horse battery staple";

  private final String uri = "memory://config/" + UUID.randomUUID();
  private Path folder;

  @BeforeEach
  void folder(@TempDir Path temporary) {
    folder = temporary;
  }

  private CommandRun run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("config"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--connect", uri));
    CommandRun run = CommandRun.of(all.toArray(String[]::new));
    assertThat(run.out() + run.err()).doesNotContain(SECRET);
    return run;
  }

  private void done(String... arguments) {
    CommandRun run = run(arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private JsonNode shown(String key) {
    return run("get", key, "--output", "json").json().get(0);
  }

  @Test
  void set_withoutYes_onlySaysWhatItWouldDo() {
    CommandRun run = run("set", "orders/timeout", "5s");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("dry run", "orders/timeout");
    assertThat(run("get", "orders/timeout").exitCode()).isEqualTo(4);
  }

  @Test
  void set_changeRollBackDelete_makesVersionsAndIsAudited() {
    done("set", "orders/timeout", "5s", "--yes", "--reason", "first");
    done("set", "orders/timeout", "6s", "--yes", "--if-version", "1");
    CommandRun late = run("set", "orders/timeout", "7s", "--yes", "--if-version", "1");
    assertThat(late.exitCode()).isEqualTo(1);
    assertThat(late.err()).contains("at version 2, not 1");

    assertThat(shown("orders/timeout").path("value").asText()).isEqualTo("6s");
    done("rollback", "orders/timeout", "1", "--yes");
    assertThat(shown("orders/timeout").path("value").asText()).isEqualTo("5s");
    assertThat(run("rollback", "orders/timeout", "9", "--yes").exitCode()).isEqualTo(4);
    done("delete", "orders/timeout", "--yes");

    assertThat(run("get", "orders/timeout").exitCode()).isEqualTo(4);
    JsonNode history = run("history", "orders/timeout", "--output", "json").json();
    assertThat(history).hasSize(4);
    assertThat(history.get(0).path("reason").asText()).isEqualTo("first");
    assertThat(history.get(3).path("deleted").asBoolean()).isTrue();
    assertThat(run("list", "orders").out()).contains("no settings");
    assertThat(run("list").out()).contains("orders");
    assertThat(CommandRun.of("audit", "--connect", uri).out()).contains("config.edit", "first");
    assertThat(run("get", "orders").exitCode()).isEqualTo(2);
  }

  @Test
  void newKey_ofAnIdThatIsThere_isRefused() throws IOException {
    Path keys = folder.resolve("tabs");
    assertThat(CommandRun.of("config", "new-key", keys.toString(), "k1").exitCode()).isZero();
    String before = Files.readString(keys).replace(' ', '\t');
    Files.writeString(keys, before);
    CommandRun again = CommandRun.of("config", "new-key", keys.toString(), "k1");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("already");
    assertThat(keys).hasContent(before);
  }

  @Test
  void secret_setEditAndGet_isNeverPrinted() throws IOException {
    String keys = folder.resolve("keys").toString();
    assertThat(CommandRun.of("config", "new-key", keys, "k1").exitCode()).isZero();
    assertThat(Files.getPosixFilePermissions(Path.of(keys)))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Path text = Files.writeString(folder.resolve("text"), SECRET);

    CommandRun inClear = run("set", "orders/db.password", "abc", "--yes");
    assertThat(inClear.exitCode()).isEqualTo(2);
    assertThat(inClear.err()).contains("is a secret by its name");
    assertThat(run("set", "orders/db.password", "abc", "--secret", "--yes").err())
        .contains("--from");
    done(
        "set",
        "orders/db.password",
        "--from",
        text.toString(),
        "--secret",
        "--yes",
        "--keys",
        keys);

    assertThat(run("get", "orders/db.password").out()).contains("secret under key k1");
    Path copy = folder.resolve("copy");
    done("get", "orders/db.password", "--to", copy.toString(), "--keys", keys);
    assertThat(copy).hasContent(SECRET);

    assertThat(CommandRun.of("config", "new-key", keys, "k2").exitCode()).isZero();
    done("rekey", "orders", "--yes", "--keys", keys);
    assertThat(shown("orders/db.password").path("secret_key").asText()).isEqualTo("k2");

    Path editor = folder.resolve("editor");
    Files.writeString(editor, "#!/bin/sh\nsed -i s/horse/donkey/ \"$1\"\n");
    assertThat(editor.toFile().setExecutable(true)).isTrue();
    done("edit", "orders/db.password", "--editor", editor.toString(), "--keys", keys);
    Path edited = folder.resolve("edited");
    done("get", "orders/db.password", "--to", edited.toString(), "--keys", keys);
    assertThat(edited).hasContent(SECRET.replace("horse", "donkey"));
    assertThat(run("edit", "orders/db.password", "--editor", "false", "--keys", keys).exitCode())
        .isEqualTo(1);
    done("edit", "orders/db.password", "--editor", "true", "--keys", keys);
    assertThat(shown("orders/db.password").path("version").asLong()).isEqualTo(3);
  }

  @Test
  void watch_untilACount_printsBeforeAndAfter() throws Exception {
    done("set", "orders/timeout", "5s", "--yes");
    CompletableFuture<CommandRun> watching =
        CompletableFuture.supplyAsync(
            () -> run("watch", "orders", "--count", "2", "--output", "json"));
    // The watch has begun for certain once it has printed one; until then, each try is a change.
    for (int i = 6; !watching.isDone(); i++) {
      done("set", "orders/timeout", i + "s", "--yes");
    }

    CommandRun seen = watching.get(60, TimeUnit.SECONDS);

    assertThat(seen.exitCode()).as(seen.err()).isZero();
    assertThat(seen.jsonLine(0).path("before").isNull()).isTrue();
    assertThat(seen.jsonLine(1).path("before").asText())
        .isEqualTo(seen.jsonLine(0).path("value").asText());
    assertThat(seen.jsonLine(1).path("freshness").asText()).isEqualTo("live");
  }
}
