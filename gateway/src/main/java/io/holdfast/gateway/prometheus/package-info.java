/** Targets for Prometheus: {@code http_sd_configs}. */
@NullMarked
package io.holdfast.gateway.prometheus;

import org.jspecify.annotations.NullMarked;
