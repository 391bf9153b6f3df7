package io.holdfast.payment.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void of_header_isRead() {
    assertThat(TraceContext.of(List.of("00-" + TRACE + "-" + SPAN + "-01")))
        .contains(new TraceContext(TRACE, SPAN, true));
    assertThat(TraceContext.of(List.of("00-" + TRACE + "-" + SPAN + "-02")))
        .contains(new TraceContext(TRACE, SPAN, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nX: y"
      })
  void of_anythingElse_isNone(String header) {
    assertThat(TraceContext.of(List.of(header))).isEmpty();
  }

  @Test
  void of_twoHeaders_isNone() {
    String header = "00-" + TRACE + "-" + SPAN + "-01";
    assertThat(TraceContext.of(List.of(header, header))).isEmpty();
    assertThat(TraceContext.of(List.of())).isEmpty();
  }

  @Test
  void child_isOfTheSameTrace() {
    TraceContext begun = TraceContext.begin(true);
    assertThat(TraceContext.of(List.of(begun.header()))).contains(begun);
    assertThat(begun.child().traceId()).isEqualTo(begun.traceId());
    assertThat(begun.child().spanId()).isNotEqualTo(begun.spanId());
    assertThat(begun.child().sampled()).isTrue();
  }
}
