package io.holdfast.cli.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a proxy that accepts everything. */
@Timeout(120)
final class ConfigFileTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Path folder = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void start(@TempDir Path temporary) {
    folder = temporary;
    log = folder.resolve("told");
  }

  private Path out() {
    return folder.resolve("upstreams.conf");
  }

  private ConfigFile file(String reloadCommand) {
    return new ConfigFile(out(), ProxyKind.NGINX, Optional.of("true"), Optional.of(reloadCommand));
  }

  private ConfigFile noting() {
    return file("echo told >> " + log);
  }

  @Test
  void replace_newContent_tellsOnce() throws Exception {
    assertThat(noting().replace("a")).isTrue();
    assertThat(noting().replace("a")).isFalse();

    assertThat(log).hasContent("told");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("upstreams.conf", "told");
  }

  @Test
  void replace_endedBetweenMoveAndTelling_tellsAtTheNextRun() throws Exception {
    Path begun = folder.resolve("begun");
    Thread ended =
        new Thread(
            () -> {
              try {
                file("touch " + begun + "; exec sleep 600").replace("a");
              } catch (Exception e) {
                // As intended.
              }
            },
            "rendering");
    ended.start();
    await().atMost(PATIENCE).until(() -> Files.exists(begun));
    ended.interrupt();
    ended.join(PATIENCE.toMillis());
    assertThat(out()).hasContent("a");

    assertThat(noting().replace("a")).isTrue();

    assertThat(log).hasContent("told");
    assertThat(noting().replace("a")).isFalse();
  }

  @Test
  void replace_stillCannotBeTold_saysSoAndTriesAgain() throws Exception {
    Files.writeString(out(), "a");
    Files.createFile(folder.resolve(".upstreams.conf.reload-pending"));

    assertThatThrownBy(() -> file("false").replace("a"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("may not go by");
    assertThat(noting().replace("a")).isTrue();

    assertThat(log).hasContent("told");
  }

  @Test
  void replace_cannotBeTold_isAsBefore() throws Exception {
    Files.writeString(out(), "before");

    assertThatThrownBy(() -> file("false").replace("a"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("as it was before");

    assertThat(out()).hasContent("before");
    assertThat(noting().replace("before")).isFalse();
  }

  @Test
  void replace_failureSaysWhatIsNoText_isAsBefore() throws Exception {
    Files.writeString(out(), "before");

    assertThatThrownBy(() -> file("printf 'no \\377 text'; false").replace("a"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("text");

    assertThat(out()).hasContent("before");
  }
}
