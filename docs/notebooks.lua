-- What Pandoc makes of the texts of examples for their notebooks: roles and notes of Sphinx mean
-- nothing there, so this leaves what a reader sees of them on a page.

local function last_part(name)
  return (name:gsub("^~?", ""):gsub("^.*%.([%w_]+)$", "%1"))
end

function Code(code)
  local role = code.attributes.role
  if not role then
    return nil
  end
  local title = code.text:match("^(.-)%s*<[^>]*>$")
  if title then
    return pandoc.Str(title)
  elseif role == "ref" then
    return pandoc.Code((code.text:gsub("^sphx_glr_auto_examples_.*(plot_.*)$", "%1")))
  elseif role == "doc" then
    return pandoc.Str('"' .. code.text:gsub("^.*/", ""):gsub("_", " ") .. '"')
  end
  return pandoc.Code(last_part(code.text))
end

function Span(span)
  if span.classes:includes("title-ref") then
    return pandoc.Code(pandoc.utils.stringify(span))
  end
end

function Div(div)
  if div.classes:includes("title") then
    return {}
  end
  return pandoc.BlockQuote(div.content)
end
