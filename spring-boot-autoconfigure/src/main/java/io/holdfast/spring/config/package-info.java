/**
 * Settings of the cluster in Spring's environment: {@code spring.config.import=holdfast:orders}.
 * Read {@link io.holdfast.spring.config.ImportProperties} first.
 */
@NullMarked
package io.holdfast.spring.config;

import org.jspecify.annotations.NullMarked;
