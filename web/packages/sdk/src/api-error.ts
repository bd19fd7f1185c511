import type { Problem } from './api-types';
import { t } from './texts';

function detailText(detail: unknown): string | undefined {
  if (detail === undefined || detail === null) return undefined;
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}

/** A refused or failed call. `status` is 0 when the host could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;
  readonly field: string | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, problem: Problem) {
    super(problem.message ?? problem.title ?? t('apiError.theHostAnsweredWithStatus', { status }));
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.detail = detailText(problem.detail);
    this.field = problem.field ?? undefined;
    this.requestId = problem.request_id;
  }

  /** The error for a host that could not be reached. */
  static unreachable(): ApiError {
    return new ApiError(0, {
      code: 'unreachable',
      message: t('apiError.theHostDidNotAnswer'),
    });
  }
}
