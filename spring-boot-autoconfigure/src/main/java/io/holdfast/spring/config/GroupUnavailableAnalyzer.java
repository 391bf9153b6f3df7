package io.holdfast.spring.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/** Says why an import failed, where Spring Boot would say that the group does not exist. */
@Order(0) // before Spring Boot's own
final class GroupUnavailableAnalyzer
    extends AbstractFailureAnalyzer<ConfigDataResourceNotFoundException> {

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, ConfigDataResourceNotFoundException cause) {
    Throwable why = cause.getCause();
    if (why == null || !(cause.getResource() instanceof GroupResource group)) {
      return null;
    }
    return new FailureAnalysis(
        "The settings of "
            + group
            + group.profile().map(profile -> " (for the profile " + profile + ")").orElse("")
            + " are not known: "
            + why.getMessage(),
        "Check holdfast.connect, and that the cluster can be reached. An application that is to"
            + " start without it needs the cache of an earlier run with the same profiles"
            + " (holdfast.config.cache), or the prefix 'optional:' on the import: then it starts"
            + " without the groups that are not in the cache.",
        rootFailure);
  }
}
