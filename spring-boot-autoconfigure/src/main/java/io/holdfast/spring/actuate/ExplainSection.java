package io.holdfast.spring.actuate;

import io.holdfast.loadbalancer.EndpointStatistics;
import io.holdfast.loadbalancer.Explanation;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.spring.balancing.ServiceBalancers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which instance of a service the balancer would choose now, and why. */
final class ExplainSection implements EndpointSection {

  private final ServiceBalancers balancers;

  ExplainSection(ServiceBalancers balancers) {
    this.balancers = balancers;
  }

  @Override
  public String name() {
    return "explain";
  }

  /** Of the services that this process calls; asking for another opens no view. */
  @Override
  public Optional<Object> read(List<String> path) {
    Map<String, LoadBalancer> all = balancers.all();
    if (path.isEmpty()) {
      return Optional.of(all.keySet().stream().sorted().toList());
    }
    return Optional.ofNullable(path.size() == 1 ? all.get(path.get(0)) : null)
        .map(ExplainSection::of);
  }

  private static Map<String, Object> of(LoadBalancer balancer) {
    Explanation explanation = balancer.explain();
    Map<String, EndpointStatistics> known =
        balancer.statistics().stream()
            .collect(Collectors.toMap(each -> each.instance().id(), Function.identity()));
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("policy", explanation.policy());
    shown.put("availability", explanation.availability().name());
    explanation.chosen().ifPresent(chosen -> shown.put("chosen", chosen.id()));
    if (explanation.chosen().isEmpty()) {
      shown.put("none", balancer.whyNone());
    }
    shown.put(
        "candidates",
        explanation.candidates().stream()
            .map(candidate -> of(candidate, known.get(candidate.instance().id())))
            .toList());
    return shown;
  }

  private static Map<String, Object> of(
      Explanation.Candidate candidate, @Nullable EndpointStatistics seen) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", candidate.instance().id());
    shown.put("verdict", candidate.verdict().name());
    shown.put("reason", candidate.reason());
    if (!Double.isNaN(candidate.score())) {
      shown.put("score", candidate.score());
    }
    if (seen != null) {
      shown.put("active", seen.active());
      shown.put("successes", seen.successes());
      shown.put("failures", seen.failures());
      shown.put("meanLatency", seen.meanLatency().toString());
    }
    return shown;
  }
}
