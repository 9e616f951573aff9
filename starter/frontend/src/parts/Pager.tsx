import { Link } from "wouter";

interface Props {
  page: number;
  pages: number;
  href: (page: number) => string;
}

export function Pager({ page, pages, href }: Props) {
  if (pages < 2) return null;
  const shown = [...new Set([1, page - 1, page, page + 1, pages])].filter((number) => number >= 1 && number <= pages);
  return (
    <nav className="pager" aria-label="Pages">
      <Step to={page - 1} pages={pages} href={href} words="Previous" />
      <ol>
        {shown.map((number, index) => (
          <li key={number} data-gap={index > 0 && number - (shown[index - 1] ?? 0) > 1}>
            <Link href={href(number)} aria-current={number === page ? "page" : undefined} aria-label={`Page ${number}`}>
              {number}
            </Link>
          </li>
        ))}
      </ol>
      <Step to={page + 1} pages={pages} href={href} words="Next" />
    </nav>
  );
}

function Step({ to, pages, href, words }: { to: number; pages: number; href: Props["href"]; words: string }) {
  const there = to >= 1 && to <= pages;
  return there ? (
    <Link className="step" href={href(to)}>
      {words}
    </Link>
  ) : (
    <span className="step" aria-hidden="true">
      {words}
    </span>
  );
}
