package io.holdfast.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryFilesTest {

  private static final String HEADER = "{\"history\":1,\"about\":{\"seed\":\"7\"}}\n";

  private final StringWriter out = new StringWriter();
  private final Recorder recorder = new Recorder("c1", Map.of("seed", "7"), out);

  @Test
  void recorded_operations_areReadBack(@TempDir Path folder) throws IOException {
    recorder.invoke("register/a", "write", Map.of("value", "1")).ok(Map.of("accepted", "true"));
    recorder.invoke("register/a", "read", Map.of()).fail("not reached");
    recorder.invoke("register/a", "write", Map.of("value", "2")).info("no reply");
    recorder.invoke("register/a", "write", Map.of("value", "3"));

    HistoryFiles.write(folder.resolve("h.jsonl"), HistoryFiles.parse(out.toString()));
    History history = HistoryFiles.read(folder.resolve("h.jsonl"));

    assertThat(history.about()).containsEntry("seed", "7");
    assertThat(history.operations())
        .extracting(operation -> operation.input().get("value"))
        .containsExactly("1", "2", "3");
    assertThat(history.operations())
        .extracting(Operation::completed)
        .containsExactly(true, false, false);
  }

  @Test
  void operation_notedLate_standsWhereItBegan() {
    Recorder.Invocation before = recorder.invoke("lock/a", "acquire", Map.of());
    before.ok(Map.of());
    recorder.invokeAt(1, "lock/a", "release", Map.of()).ok(Map.of());

    assertThat(HistoryFiles.parse(out.toString()).operations())
        .extracting(Operation::action)
        .containsExactly("release", "acquire");
  }

  @Test
  void lastLine_brokenOff_isPassedOver_andAnyOtherIsNot() {
    String good = "{\"type\":\"invoke\",\"id\":\"1\",\"nanos\":1,\"process\":\"p\",";
    good += "\"key\":\"k\",\"action\":\"a\",\"later\":true}\n";
    assertThat(HistoryFiles.parse(HEADER + good + "{\"type\":\"o").events()).hasSize(1);
    assertThatThrownBy(() -> HistoryFiles.parse(HEADER + "{\"type\":\"o\n"))
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void malformed_isRefusedWithTheLine() {
    List<String> wrong =
        List.of("", "nonsense", "{\"history\":99}", HEADER + "{}\n", HEADER + "{\"type\":\"x\"}\n");
    for (String text : wrong) {
      assertThatThrownBy(() -> HistoryFiles.parse(text)).isInstanceOf(HistoryFormatException.class);
    }
    assertThatThrownBy(
            () ->
                HistoryFiles.parse(HEADER + "{\"type\":\"ok\",\"id\":\"1\",\"nanos\":1}\n")
                    .operations())
        .hasMessageContaining("never began");
  }
}
